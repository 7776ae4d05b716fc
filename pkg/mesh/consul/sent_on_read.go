package consul

import (
	"cmp"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// sentOn is that an object sends requests on to a service: those to another one, or those of
// HTTP that come in by it, where that is no service.
type sentOn struct {
	by       *source.Object
	from, to service
}

// sentOn are the services that an object sends requests on to, in the order of the file. It
// marks nothing.
func (r *reader) sentOn(o *source.Object) []sentOn {
	var from service
	names := isLegName
	switch kind := kindNamed(o.Group(), o.Kind); {
	case kind == kindRouter || kind == kindSplitter || kind == kindResolver:
		from, _ = r.about(o)
	case isIngress(o):
		names = isIngressName
	case o.Group() == "" && o.Kind == entryHTTPRoute:
		names = isRouteName
	case o.Group() == gatewayGroup && o.Kind == kindHTTPRoute:
		names = isBackendName
	default:
		return nil
	}
	said, at := map[string]string{}, []string(nil)
	o.Root.Leaves(func(l source.Leaf) {
		path := l.Ref().Path
		if field := path[strings.LastIndexByte(path, '.')+1:]; !isLegField(field) {
			return
		}
		path = strings.ToLower(path)
		if said[path] = l.Value(); names(path) {
			at = append(at, path)
		}
	})
	var out []sentOn
	for _, path := range at {
		of := path[:strings.LastIndexByte(path, '.')+1]
		listener, _, ingress := strings.Cut(path, ".services[")
		if protocol := strings.ToLower(said[listener+".protocol"]); ingress && isIngress(o) && (protocol == "" || protocol == protocolTCP) {
			continue
		}
		to := service{r.consulNamespace(o), said[path]}
		switch ns := said[of+"namespace"]; {
		case o.Group() == gatewayGroup && cmp.Or(said[of+"kind"], "Service") != "Service": // a MeshService
			continue
		case o.Group() == gatewayGroup:
			to = r.serviceOf(intent.Name{Namespace: cmp.Or(ns, o.Namespace), Name: to.name})
		case r.enterprise && ns != "":
			to.ns = ns
		}
		out = append(out, sentOn{o, from, to})
	}
	return out
}

// isLegField reports whether a field may say where requests are sent on to.
func isLegField(name string) bool {
	for _, f := range [...]string{"service", "name", "namespace", "protocol", "kind"} {
		if len(f) == len(name) && strings.EqualFold(f, name) {
			return true
		}
	}
	return false
}

// isLegName, isIngressName, isRouteName and isBackendName hold for the paths, in lower case,
// of the names of services that requests are sent on to.
func isLegName(path string) bool {
	of, ok := strings.CutSuffix(path, ".service")
	above := of[:strings.LastIndexByte(of, '.')+1]
	list, _, item := strings.Cut(of[len(above):], "[")
	switch {
	case !ok:
		return false
	case item:
		return list == "splits" || list == "targets" && strings.Contains("."+above, ".failover.")
	}
	return list == "destination" || list == "redirect" || strings.HasSuffix("."+above, ".failover.")
}

func isIngressName(path string) bool {
	return strings.HasSuffix(path, "].name") && listed(path) == "listeners services"
}
func isRouteName(path string) bool {
	return strings.HasSuffix(path, "].name") && listed(path) == "rules services"
}
func isBackendName(path string) bool {
	return strings.HasSuffix(path, "].name") && listed(path) == "rules backendrefs"
}

// listed are the lists that the value at a path is within, the last of which it is a field of
// an element of.
func listed(path string) string {
	var out []string
	for part := range strings.SplitSeq(path, ".") {
		if list, _, ok := strings.Cut(part, "["); ok {
			out = append(out, list)
		}
	}
	return strings.Join(out, " ")
}
