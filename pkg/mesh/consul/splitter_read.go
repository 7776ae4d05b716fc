package consul

import (
	"cmp"
	"math"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// splitter is a ServiceSplitter as read: shares of requests.
type splitter struct {
	object  *source.Object
	service service
	splits  []split
}

// split is one share, in hundredths of a percent.
type split struct {
	leg
	weight int
	steps  []intent.Step
}

// allShares is the sum of all shares.
const allShares = 100 * 100

// readSplitter reads one. Negative weights are taken by Consul's servers, and make
// Envoy refuse the route.
func (r *reader) readSplitter(o *source.Object) {
	s := r.own(o)
	if old := r.splitters[s]; old != nil {
		r.wrong(o, "there is a second one of that name", old.object.Ref())
		return
	}
	spec := specOf(o)
	r.home(o)
	sp := &splitter{object: o, service: s}
	sum := 0
	splits := spec.get("splits")
	for _, n := range splits.items() {
		weight := n.get("weight")
		l := split{leg: r.routedLeg(n, s), weight: int(math.Round(float64(float32(weight.number()) * 100)))}
		if l.weight < 0 {
			weight.Node.Reject("is negative")
		}
		l.steps = append(r.headerSteps(n.get("requestHeaders"), intent.OnRequest), r.headerSteps(n.get("responseHeaders"), intent.OnResponse)...)
		if len(l.steps) == 0 && slices.ContainsFunc(sp.splits, func(x split) bool { return x.service == l.service && x.subset == l.subset && len(x.steps) == 0 }) {
			n.Node.Reject("goes where another split goes")
		}
		sum += l.weight
		sp.splits = append(sp.splits, l)
	}
	switch {
	case len(sp.splits) == 0:
		cmp.Or(spec.Node, o.Root).Reject("has no splits")
	case sum != allShares:
		splits.Node.Reject("have weights that do not sum to 100")
	}
	r.splitters[s] = sp
}

// routedLeg reads a leg of a router or splitter. There the community edition takes
// namespaces and partitions, which mean nothing.
func (r *reader) routedLeg(n value, own service) leg {
	l := leg{node: n, service: own, subset: n.get("serviceSubset").text()}
	if name := readName(n.get("service")); name != "" {
		l.service.name = name
	}
	for _, key := range []string{"namespace", "partition"} {
		v := n.get(key)
		switch text := v.text(); {
		case text == "" || text == "default" && !r.enterprise:
		case !r.enterprise:
			r.enterpriseInLeg(v, key)
		case key == "namespace":
			l.service.ns = text
		default:
			l.partition = text
		}
	}
	return l
}
