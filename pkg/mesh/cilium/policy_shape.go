package cilium

import (
	"math"
	"regexp"

	"github.com/transmesh/transmesh/pkg/source"
)

// What the definitions of policies say of the types of values. The conformance
// tests hold it to them: a policy with one value of another type is refused.
// cilium pkg/k8s/apis/cilium.io/client/crds/v2/ciliumnetworkpolicies.yaml

var labelValue = formed(regexp.MustCompile(`^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$`), 63, "a value that labels can have")

// selectorShape is that of all selectors.
var selectorShape = fields{
	"matchLabels": values(labelValue),
	"matchExpressions": list(fields{
		"key": aText, "operator": oneOfWords("In", "NotIn", "Exists", "DoesNotExist"), "values": list(labelValue),
	}.with("key", "operator")),
}.with()

var (
	secretShape = fields{"name": aText, "namespace": aText}.with("name")
	tlsShape    = fields{"secret": secretShape, "trustedCA": aText, "certificate": aText, "privateKey": aText}.with("secret")
	nameForm    = regexp.MustCompile(`^([-a-zA-Z0-9_]+[.]?)+$`)
	namesForm   = regexp.MustCompile(`^([-a-zA-Z0-9_*]+[.]?)+$`)
	groupShape  = fields{"aws": fields{
		"labels": values(aText), "region": aText, "securityGroupsIds": list(aText), "securityGroupsNames": list(aText),
	}.with()}.with()
	serviceShape = fields{
		"k8sService":         fields{"serviceName": aText, "namespace": aText}.with(),
		"k8sServiceSelector": fields{"selector": selectorShape, "namespace": aText}.with("selector"),
	}.with()
	icmpShape = fields{"fields": atMost(maxPorts, fields{
		"family": oneOfWords("IPv4", "IPv6"), "type": icmpType,
	}.with("type"))}.with()
)

// dnsShape is a name of DNS, or a pattern for some.
func dnsShape(n *source.Node) {
	fields{
		"matchName": formed(nameForm, 255, "a name of DNS"), "matchPattern": formed(namesForm, 255, "a pattern for names of DNS"),
	}.with()(n)
	just(n, "matchName", "matchPattern")
}

// requestShape is that of a rule for HTTP.
var requestShape = fields{
	"path": aText, "method": aText, "host": aText, "headers": list(aText),
	"headerMatches": list(fields{
		"name": formed(someText, math.MaxInt, "the name of a header"), "value": aText, "mismatch": oneOfWords("LOG", "ADD", "DELETE", "REPLACE"), "secret": secretShape,
	}.with("name")),
}.with()

var (
	someText     = regexp.MustCompile(`(?s).`)
	listenerName = formed(someText, math.MaxInt, "a name")
)

// portShape is that of an entry of toPorts.
var portShape = fields{
	"ports": list(fields{"port": aText, "endPort": numbers(0, lastPort), "protocol": aText}.with()),
	"rules": rulesShape,
	"listener": fields{
		"envoyConfig": fields{"kind": oneOfWords(kindConfig, "CiliumClusterwideEnvoyConfig"), "name": listenerName}.with("name"),
		"name":        listenerName, "priority": numbers(1, 100),
	}.with("envoyConfig", "name"),
	"serverNames":    serverNames,
	"terminatingTLS": tlsShape, "originatingTLS": tlsShape,
}.with()

// ruleShape is that of spec, and of each of specs.
var ruleShape = fields{
	"description": aText, "endpointSelector": selectorShape, "nodeSelector": selectorShape,
	"labels":            list(fields{"key": aText, "value": aText, "source": aText}.with("key")),
	"log":               fields{"value": formed(regexp.MustCompile(`^\PC*$`), 32, "a text of at most 32 characters")}.with(),
	"enableDefaultDeny": fields{"ingress": aTruth, "egress": aTruth}.with(),
	"ingress":           list(entryShape("from")), "ingressDeny": list(entryShape("from")),
	"egress": list(entryShape("to")), "egressDeny": list(entryShape("to")),
}.with()

// entryShape is that of an entry of rules, whose peers have a word in front.
func entryShape(word string) shape {
	f := fields{
		word + "Endpoints": list(selectorShape), word + "Entities": list(aText), word + "CIDR": list(aText),
		word + "CIDRSet": list(blockShape), word + "Nodes": list(selectorShape), word + "Groups": list(groupShape),
		"toPorts": list(portShape), "icmps": list(icmpShape),
		"authentication":  fields{"mode": aText}.with("mode"),
		word + "Requires": list(selectorShape), // told of by name where it is read
	}
	if word == "to" {
		f["toServices"], f["toFQDNs"] = list(serviceShape), list(dnsShape)
	}
	return f.with()
}

// blockShape is a block of addresses, or names of some, with exceptions.
func blockShape(n *source.Node) {
	fields{"cidr": aText, "cidrGroupRef": aText, "cidrGroupSelector": selectorShape, "except": list(aText)}.with()(n)
	just(n, "cidr", "cidrGroupRef", "cidrGroupSelector")
}

// rulesShape is that of the rules of a port: either for HTTP or for DNS. Kinds that
// Cilium had are told of by name where they are read.
func rulesShape(n *source.Node) {
	http, dns := n.Get("http"), n.Get("dns")
	list(requestShape)(http)
	list(dnsShape)(dns)
	if n != nil && len(entriesOf(n)) == 0 {
		n.Reject("has rules for nothing, which the definition refuses")
	}
}

// serverNames are the names that clients ask for by SNI.
func serverNames(n *source.Node) {
	list(formed(namesForm, 255, "a pattern for names of servers"))(n)
	if n != nil && len(itemsOf(n)) == 0 {
		n.Reject("is empty")
	}
}

// icmpForm are the types of ICMP: numbers, and words of which those with a blank
// are no mistake here.
var icmpForm = regexp.MustCompile(`^([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]|EchoReply|DestinationUnreachable|Redirect|Echo|RouterAdvertisement|RouterSelection|` +
	`TimeExceeded|ParameterProblem|Timestamp|TimestampReply|Photuris|ExtendedEchoRequest|ExtendedEcho Reply|PacketTooBig|EchoRequest|` +
	`MulticastListenerQuery|MulticastListenerReport|MulticastListenerDone|RouterSolicitation|NeighborSolicitation|NeighborAdvertisement|` +
	`RedirectMessage|RouterRenumbering|ICMPNodeInformationQuery|ICMPNodeInformationResponse|InverseNeighborDiscoverySolicitation|` +
	`InverseNeighborDiscoveryAdvertisement|HomeAgentAddressDiscoveryRequest|HomeAgentAddressDiscoveryReply|MobilePrefixSolicitation|` +
	`MobilePrefixAdvertisement|DuplicateAddressRequestCodeSuffix|DuplicateAddressConfirmationCodeSuffix)$`)

// icmpType is a number up to 255, or a word.
func icmpType(n *source.Node) {
	numberOrText(n)
	if n != nil && (n.IsNumber() || n.IsString()) && !icmpForm.MatchString(n.Written()) {
		n.Reject("is no type of ICMP")
	}
}

// networkShape is that of a NetworkPolicy of Kubernetes.
// https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
var networkShape = fields{
	"podSelector": selectorShape, "policyTypes": list(aText),
	"ingress": list(networkEntryShape("from")), "egress": list(networkEntryShape("to")),
}.with()

func networkEntryShape(word string) shape {
	return fields{
		word:    list(networkPeer),
		"ports": list(networkPort),
	}.with()
}

// networkPeer is either pods or addresses.
// kubernetes pkg/apis/networking/validation ValidateNetworkPolicyPeer
func networkPeer(n *source.Node) {
	fields{
		"podSelector": selectorShape, "namespaceSelector": selectorShape,
		"ipBlock": fields{"cidr": aText, "except": list(aText)}.with("cidr"),
	}.with()(n)
	switch block, pods := n.Get("ipBlock"), n.Get("podSelector") != nil || n.Get("namespaceSelector") != nil; {
	case block != nil && pods:
		n.Reject("says both ipBlock and whom it selects")
	case block == nil && !pods:
		n.Reject("names no peer")
	}
}

// networkPort is a port by number or name, or a range of numbers.
func networkPort(n *source.Node) {
	fields{"protocol": oneOfWords("TCP", "UDP", "SCTP"), "port": numberOrText, "endPort": numbers(1, lastPort)}.with()(n)
	switch port, end := n.Get("port"), n.Get("endPort"); {
	case port.IsString() && !portName(port.Written()):
		port.Reject("is not the name of a port; a number stands without quotes")
	case port.IsNumber():
		numbers(1, lastPort)(port)
		if end != nil && end.Int() < port.Int() {
			end.Reject("is below port")
		}
	case end != nil:
		end.Reject("stands beside no number")
	}
}
