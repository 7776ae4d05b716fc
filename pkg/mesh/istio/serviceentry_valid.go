package istio

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/source"
)

// unixPrefix begins the address of an endpoint that is a socket.
const unixPrefix = "unix://"

// validServiceEntry rejects what Istio's webhook does, which then serves nothing of
// the entry. pkg/config/validation/validation.go ValidateServiceEntry
func validServiceEntry(o *source.Object) {
	spec := o.Need("spec")
	hosts, endpoints := spec.Get("hosts").Items(), spec.Get("endpoints").Items()
	resolution := spec.Get("resolution").Str()
	if _, ok := meaning(resolutions, resolution); resolution != "" && !ok {
		spec.Get("resolution").Reject("is not " + words(resolutions))
	}
	if l := spec.Get("location"); l != nil {
		if _, ok := meaning(locations, l.Str()); !ok {
			l.Reject("is not " + words(locations))
		}
	}
	if len(hosts) == 0 {
		spec.Reject("has no hosts")
	}
	for _, h := range hosts {
		validEntryHost(h, resolution, len(endpoints) > 0)
	}
	if spec.Get("workloadSelector") != nil && spec.Get("endpoints") != nil {
		spec.Get("workloadSelector").Reject("stands beside endpoints")
	}
	validLabels(spec.Get("workloadSelector").Get("labels"))
	validEntryAddresses(spec, resolution)
	names := validEntryPorts(spec, resolution)
	for _, e := range endpoints {
		validEntryEndpoint(e, resolution, names)
	}
	switch {
	case len(endpoints) > 0 && (resolution == "" || resolution == "NONE" || resolution == "DYNAMIC_DNS"):
		spec.Get("endpoints").Reject("stand beside a resolution that has none")
	case len(endpoints) > 1 && resolution == "DNS_ROUND_ROBIN":
		spec.Get("endpoints").Reject("are more than one, which the resolution does not take")
	}
	validEntryExports(spec.Get("exportTo"), o.Namespace)
}

func validEntryHost(h *source.Node, resolution string, endpoints bool) {
	switch name := h.Str(); {
	case name == "*" || !isWildDomain(name):
		h.Reject("is no name of a host")
	case strings.HasPrefix(resolution, "DNS") && !endpoints && !isDomain(name):
		h.Reject("is a wildcard, which DNS does not find")
	case resolution == "DYNAMIC_DNS" && !strings.HasPrefix(name, "*"):
		h.Reject("is no wildcard, which the resolution is for")
	}
}

func validEntryAddresses(spec *source.Node, resolution string) {
	for _, a := range spec.Get("addresses").Items() {
		block := strings.Contains(a.Str(), "/")
		switch {
		case !isSubnet(a.Str()):
			a.Reject("is no address")
		case block && resolution != "" && resolution != "NONE" && resolution != "STATIC", resolution == "DYNAMIC_DNS":
			a.Reject("stands beside a resolution that takes none")
		}
	}
}

// validEntryPorts rejects ports, and lists their names.
func validEntryPorts(spec *source.Node, resolution string) (names []string) {
	var numbers []int
	for _, p := range spec.Get("ports").Items() {
		protocol := strings.ToUpper(p.Get("protocol").Str())
		_, ok := meaning(serviceProtocols, protocol)
		number, name := p.Get("number"), p.Get("name").Str()
		validPort(number, false)
		validPort(p.Get("targetPort"), true)
		switch http := slices.Contains([]string{"HTTP", "HTTP2", "GRPC", "GRPC-WEB", "HTTP_PROXY"}, protocol); {
		case !ok:
			p.Get("protocol").Reject("is not " + words(serviceProtocols[:len(serviceProtocols)-1]))
		case number == nil:
			p.Reject("has no number")
		case !isLabel(name):
			p.Reject("has no name")
		case slices.Contains(names, name) || slices.Contains(numbers, number.Int()):
			p.Reject("is there twice")
		case len(spec.Get("hosts").Items()) > 1 && resolution != "" && resolution != "NONE" && !http && protocol != "TLS" && protocol != "HTTPS":
			p.Reject("tells several hosts apart by nothing")
		case resolution == "DYNAMIC_DNS" && !slices.Contains([]string{"HTTP", "HTTP2", "GRPC", "TLS"}, protocol):
			p.Get("protocol").Reject("tells of no name")
		}
		names, numbers = append(names, name), append(numbers, number.Int())
	}
	return names
}

func validEntryEndpoint(e *source.Node, resolution string, names []string) {
	address := e.Get("address").Str()
	socket, static := strings.HasPrefix(address, unixPrefix), resolution == "STATIC"
	switch {
	case address == "" && e.Get("network").Str() == "":
		e.Reject("has no address")
	case static && address != "" && !socket && !isAddress(address), !static && !isAddress(address) && !isDomain(address):
		e.Get("address").Reject("is no address of such an endpoint")
	case socket && (e.Get("ports") != nil || len(names) != 1):
		e.Reject("is a socket, which has no ports")
	}
	for _, p := range e.Get("ports").Entries() {
		if n, err := strconv.Atoi(p.Value.Text()); err != nil || n < 1 || n > 65535 {
			p.Value.Reject("is not a port number")
		}
		if !slices.Contains(names, p.Key) {
			p.Value.Reject("is for a port that the entry has not")
		}
	}
	validLabels(e.Get("labels"))
}

// validEntryExports is validExports, but that an entry may be for nobody.
func validEntryExports(n *source.Node, namespace string) {
	if items := n.Items(); len(items) == 1 && items[0].Str() == "~" {
		return
	}
	validExports(n, namespace, false)
}
