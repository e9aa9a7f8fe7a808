package dev.kiln.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.core.Lane;
import dev.kiln.core.LaneFacts;
import dev.kiln.core.Sites;
import dev.kiln.core.Slot;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.swap.Canary;
import dev.kiln.core.swap.Quality;
import dev.kiln.core.swap.Shadow;
import dev.kiln.core.swap.Spread;
import dev.kiln.server.rotation.Attempt;
import dev.kiln.server.rotation.Fleet;
import dev.kiln.server.rotation.Post;
import java.util.Locale;
import java.util.Optional;

/// A served name as JSON: what answers, what is on trial, how both do.
final class ModelJson {
    private ModelJson() {}

    static ObjectNode of(Post post, Fleet fleet) {
        Slot slot = post.slot();
        ModelInfo model = slot.model();
        LaneFacts facts = slot.facts();
        ObjectNode json = AdminApi.JSON.createObjectNode();
        json.put("name", slot.name());
        json.put("source", post.running().source());
        json.put("sha256", model.sha256());
        json.put("engine", model.engine());
        Sites sites = slot.sites();
        Optional<Lane> first = slot.lane();
        site(
                first.isPresent() ? new Sites.Site.Serving(first.get()) : sites.all().getFirst(),
                json);
        if (sites.all().size() > 1) {
            ArrayNode devices = json.putArray("devices");
            for (Sites.Site site : sites.all()) {
                ObjectNode one = devices.addObject();
                one.put("device", site.lane().info().device().active());
                site(site, one);
            }
        }
        json.put("items", facts.items());
        json.put("faults", facts.faults());
        json.put("recoveries", fleet.recoveries(slot.name()));
        json.put("hangs", fleet.hangs(slot.name()));
        post.attempt().ifPresent(attempt -> json.set("trial", trial(attempt)));
        return json;
    }

    private static void site(Sites.Site site, ObjectNode json) {
        switch (site) {
            case Sites.Site.Serving(Lane lane) -> {
                json.put("state", "serving");
                json.put("health", lane.health().name().toLowerCase(Locale.ROOT));
                json.put("max_cost", lane.settings().policy().maxCost());
            }
            case Sites.Site.Down(_, String why, _) -> {
                json.put("state", "down");
                json.put("why", why);
            }
        }
    }

    private static ObjectNode trial(Attempt attempt) {
        ObjectNode json = AdminApi.JSON.createObjectNode();
        json.put("source", attempt.source());
        json.put("sha256", attempt.sha256());
        json.put("on", attempt.over().isEmpty());
        attempt.over().ifPresent(why -> json.put("over", why));
        switch (attempt.kind()) {
            case Attempt.Kind.Shadowing(Shadow shadow) -> shadow(shadow.report(), json);
            case Attempt.Kind.Answering(Canary canary, Canary.Rules rules) -> {
                json.put("kind", "canary");
                json.put("percent", rules.percent());
                json.put("slowdown", rules.slowdown());
                canary(canary.report(), json);
            }
        }
        return json;
    }

    private static void shadow(Shadow.Report report, ObjectNode json) {
        json.put("kind", "shadow");
        json.put("dropped", report.dropped());
        json.put("failed", report.failed());
        json.put("not_finite", report.notFinite());
        ObjectNode agreement = json.putObject("agreement");
        report.agreement().forEach((name, spread) -> agreement.set(name, spread(spread)));
        json.put("worst_difference", report.worst());
        json.set("answering_us", spread(report.answeringMicros()));
        json.set("candidate_us", spread(report.candidateMicros()));
        json.set("difference_us", spread(report.differenceMicros()));
        Quality.Report quality = report.quality();
        if (quality.answering().count() > 0) {
            ObjectNode judged = json.putObject("quality");
            judged.put("measure", quality.measure());
            judged.set("answering", spread(quality.answering()));
            judged.set("candidate", spread(quality.candidate()));
            judged.set("difference", spread(quality.difference()));
        }
    }

    private static void canary(Canary.Report report, ObjectNode json) {
        json.put("touched", report.touched());
        json.put("retried", report.retried());
        json.put("failed_alone", report.failedAlone());
        json.put("not_finite", report.notFinite());
        json.set("answering_ms", spread(report.answeringMillis()));
        json.set("candidate_ms", spread(report.candidateMillis()));
        report.verdict().ifPresent(verdict -> json.put("verdict", verdict));
    }

    private static ObjectNode spread(Spread spread) {
        ObjectNode json = AdminApi.JSON.createObjectNode();
        json.put("n", spread.count());
        json.put("mean", spread.mean());
        if (Double.isFinite(spread.error())) {
            json.put("ci95", spread.error());
        }
        return json;
    }
}
