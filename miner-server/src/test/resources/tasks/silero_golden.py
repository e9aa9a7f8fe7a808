"""Records silero-vad-6.2.3.json: what the package's own segmentation says, without its model and without torch.

Argument: `silero_vad/utils_vad.py` of the wheel. Writes into the current folder.
"""

import sys, types, json, random, re, struct
src=open(sys.argv[1]).read()
fn=src[src.index('def get_speech_timestamps_from_probs'):src.index('class VADIterator')]
fn=re.sub(r'\n@torch[^\n]*\s*$','\n',fn)
it=src[src.index('class VADIterator'):src.index('def collect_chunks')]
it=it.replace('@torch.no_grad()','')
torch=types.SimpleNamespace(is_tensor=lambda x:True)
from typing import *
from typing import List, Callable
ns=dict(torch=torch,List=List,Callable=Callable,warnings=None)
exec("from typing import *\n"+fn,ns); exec(it,ns)
f32=lambda x: struct.unpack('f',struct.pack('f',x))[0]
rnd=random.Random(20261121)
class M:
    def __init__(s,p): s.p=iter(p)
    def reset_states(s): pass
    def __call__(s,x,r): return types.SimpleNamespace(item=lambda: next(s.p))
class X(list):
    def dim(s): return 1
cases=[]
for n in range(60):
    rate=16000 if n%5 else 8000
    frame=512 if rate==16000 else 256
    N=rnd.choice([1,2,5,40,120,200])
    probs=[];level=rnd.random()<0.5
    for i in range(N):
        if rnd.random()<0.12: level=not level
        probs.append(f32(min(1,max(0,(0.85 if level else 0.12)+rnd.gauss(0,0.18)))))
    if n==7: probs=[0.5]*N
    if n==8: probs=[f32(0.35)]*N
    length=frame*N-(rnd.randrange(frame) if n%2 else 0)
    o=dict(threshold=rnd.choice([0.5,0.5,0.3,0.7]),min_speech_duration_ms=rnd.choice([250,0,100,500]),min_silence_duration_ms=rnd.choice([100,0,32,400]),speech_pad_ms=rnd.choice([30,0,100,33]))
    segs=ns['get_speech_timestamps_from_probs'](list(probs),sampling_rate=rate,audio_length_samples=length,**o)
    v=ns['VADIterator'](M(probs),threshold=o['threshold'],sampling_rate=rate,min_silence_duration_ms=o['min_silence_duration_ms'],speech_pad_ms=o['speech_pad_ms'])
    ev=[e for e in (v(X([0]*frame)) for _ in probs) if e]
    cases.append(dict(rate=rate,frame=frame,length=length,options=o,probabilities=probs,segments=[[s['start'],s['end']] for s in segs],events=[[k,t] for e in ev for k,t in e.items()]))
print(sum(len(c['segments']) for c in cases),sum(len(c['events']) for c in cases))
with open('silero-vad-6.2.3.json','w') as f:
    f.write('[\n'+',\n'.join(json.dumps(c) for c in cases)+'\n]\n')
