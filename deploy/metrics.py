"""Asks a running Prometheus for every metric and every query that the dashboard and the alert rules name.

Usage: metrics.py PROMETHEUS DASHBOARD RULES
"""

import json
import re
import sys
import time
import urllib.parse
import urllib.request

import yaml


def ask(query):
    url = f"{sys.argv[1]}/api/v1/query?" + urllib.parse.urlencode({"query": query})
    with urllib.request.urlopen(url, timeout=10) as reply:
        return json.load(reply)["data"]["result"]


def scraped():
    try:
        return bool(ask('up{job="kiln"} == 1')) and bool(ask("kiln_ready"))
    except OSError:
        return False


deadline = time.monotonic() + 120
while not scraped():
    if time.monotonic() > deadline:
        sys.exit("Prometheus has not scraped the server within 120 s")
    time.sleep(0.5)

dashboard = json.load(open(sys.argv[2]))
queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
rules = yaml.safe_load(open(sys.argv[3]))
queries += [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
names = sorted(set(re.findall(r"\bkiln_[a-z_]+", " ".join(queries))))
missing = [name for name in names if not ask(name)]
for query in queries:
    ask(query)  # a query that cannot be evaluated is answered with 400
alerts = f"{sys.argv[1]}/api/v1/rules"
with urllib.request.urlopen(alerts, timeout=10) as reply:
    loaded = [rule["name"] for group in json.load(reply)["data"]["groups"] for rule in group["rules"]]
print(f"      {len(names)} metrics, {len(queries)} queries, {len(loaded)} rules loaded", file=sys.stderr)
if missing or not loaded:
    sys.exit(f"not there: {missing}")
