package linkerd

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/place"
)

// awaking are the annotations of Services that say retries and timeouts where rules say none.
var awaking = []string{retryHTTP, retryGRPC, retryLimit, retryTimeout, timeoutRequest, timeoutResponse, timeoutIdle}

// undormant takes annotations off Services that nothing of the model stems from, also those
// of circuit breaking, and that would have an effect in the output: what stood before them in the source, such as a
// ServiceProfile, or the routes that they were part of, is not there. patches are those of
// Services, to which it adds.
func undormant(m *intent.Model, t legal.Target, patches []*manifest.Object) []*manifest.Object {
	var stems map[place.Ref]bool
	said := func(ref place.Ref) bool {
		if stems == nil {
			stems = stemmed(m)
		}
		return stems[ref]
	}
	for _, s := range m.Inventory.Services {
		a := annotationsIn(s.Annotations)
		if o, _ := a.outlier(); o != nil && len(o.From) > 0 && !said(o.From[0]) && awakes(m, t, s.Name, accrual) {
			patches = withoutAnnotation(patches, s.Name, a[accrual])
		}
		for _, key := range awaking {
			p, ok := a[key]
			if !ok || len(p.From) == 0 || strings.TrimRight(p.Value, "smhd") == "0" {
				continue
			}
			if !said(p.From[0]) && awakes(m, t, s.Name, key) {
				patches = withoutAnnotation(patches, s.Name, p)
			}
		}
	}
	return patches
}

// awakes reports whether an annotation of a Service has an effect: on a rule of its routes
// that says none itself, or where it has no routes. Beside a profile none has.
func awakes(m *intent.Model, t legal.Target, of intent.Name, key string) bool {
	routed := false
	for _, table := range m.Routing {
		if !table.Entry.IsZero() || table.Host.Service != of || table.Protocol == intent.TLS || table.Protocol == intent.TCP {
			continue
		}
		if routed = true; t.Version == versionProfiles {
			return false
		}
		if key == accrual {
			return true
		}
		if key == retryGRPC && table.Protocol != intent.GRPC || key == retryHTTP && table.Protocol == intent.GRPC {
			continue
		}
		retries := strings.HasPrefix(key, "retry.")
		if slices.ContainsFunc(table.Rules, func(r intent.Rule) bool { return retries && r.Retry == nil || !retries && r.Timeout == nil }) {
			return true
		}
	}
	return !routed && key != retryGRPC
}

// stemmed are the places of the input that something of a model stems from.
func stemmed(m *intent.Model) map[place.Ref]bool {
	out := map[place.Ref]bool{}
	intent.Walk(m, func(p intent.Part) {
		for _, ref := range p.Origin() {
			out[ref] = true
		}
	})
	return out
}

// withoutAnnotation takes an annotation off a Service, in the patch that it has already or
// in one of its own; one that the patch sets stays.
func withoutAnnotation(patches []*manifest.Object, of intent.Name, p intent.Pair) []*manifest.Object {
	i := slices.IndexFunc(patches, func(o *manifest.Object) bool { return o.Namespace == of.Namespace && o.Name == of.Name })
	if i < 0 {
		o := manifest.New("v1", "Service", of.Namespace, of.Name)
		o.Patch = true
		i, patches = len(patches), append(patches, o)
	}
	at := patches[i].Root.Get("metadata")
	if at.Get("annotations") == nil {
		at.Set("annotations", manifest.Map())
	}
	if at = at.Get("annotations"); at.Get(p.Key) == nil {
		at.Set(p.Key, &manifest.Node{Kind: manifest.NullKind})
	}
	return patches
}
