"""How long do applications hardly notice that a node died, beside the designs that people use today?

``python -m tests.bench.failover`` (as root) builds one lab with a client for each design. All clients reach the same
three nodes over the same relay, so that one fault hits all designs in the same moment and they can be compared.

The reference looks every 5 s, so how long it takes is mostly when in those the node dies. Twelve faults at random have
a median between 2 and 5 s, and a ratio to it is luck. So the 5 s have as many parts as there are faults, each part has
one fault somewhere in it, and the median is the design's own; the others do not know of those parts.

plan        what is measured: paths, traffic, faults
designs     who is measured: `watch.sh` (reference, three strikes), `bfd` with `frr` (FRR's bfdd), wgtray itself
interface   the WireGuard interface of a rival; `uapi` is how it is asked and changed
sender      the traffic, a process in the client's namespace; `traffic` is the bench's side of it
tap         the probes, counted on the wire
faults      one fault: settle, break, wait, repair
steady      what a design costs and how often it errs while nothing is wrong
figures     from times to outages, medians and ratios (pure)
goals       what issue 3 promises, beside what was measured (pure)
report      Markdown and JSON; `plot` is the SVG
"""
