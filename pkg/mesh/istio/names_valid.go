package istio

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// Names as Istio's webhook takes them: pkg/config/labels,
// pkg/config/validation/agent ValidateFQDN and ValidateWildcardDomain.
const (
	labelWord = `[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?`
	keyWord   = `([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]`
)

var (
	dnsLabel   = regexp.MustCompile(`^` + labelWord + `$`)
	wildLabel  = regexp.MustCompile(`^(\*|(\*-?)?` + labelWord + `)$`)
	labelKey   = regexp.MustCompile(`^(` + labelWord + `(\.` + labelWord + `)*/)?` + keyWord + `$`)
	labelValue = regexp.MustCompile(`^(` + keyWord + `)?$`)
	headerName = regexp.MustCompile("^[!#$%&'*+,.^_`|~A-Za-z0-9-]+$")
)

const longestLabel, longestDomain = 63, 255

func isLabel(s string) bool {
	return intent.IsLabel(s) || len(s) <= longestLabel && dnsLabel.MatchString(s)
}

// isDomain reports whether a name is made of labels, the last of them no number;
// a dot may end it.
func isDomain(s string) bool {
	parts := strings.Split(s, ".")
	last := parts[len(parts)-1]
	if _, err := strconv.Atoi(last); err == nil || s == "" || len(s) > longestDomain {
		return false
	}
	if last == "" {
		parts = parts[:len(parts)-1]
	}
	return !slices.ContainsFunc(parts, func(p string) bool { return !isLabel(p) })
}

// isWildDomain is isDomain of a name that may begin with a wildcard.
func isWildDomain(s string) bool {
	label, rest, more := strings.Cut(s, ".")
	return s != "" && len(s) <= longestDomain && len(label) <= longestLabel && wildLabel.MatchString(label) && (!more || rest == "" || isDomain(rest))
}

func isAddress(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// isSubnet reports whether s is an address or a block of addresses.
func isSubnet(s string) bool {
	_, err := netip.ParsePrefix(s)
	return err == nil || isAddress(s)
}

// validLabels rejects labels that no object can have.
func validLabels(n *source.Node) {
	for _, e := range n.Entries() {
		switch {
		case !isLabelOf(e.Key, ""):
			e.Value.Reject("is for a label with a name that no label has")
		case !isLabelOf(e.Key, e.Value.Str()):
			e.Value.Reject("is no value of a label")
		}
	}
}

// isLabelOf reports whether an object can have a label.
func isLabelOf(key, value string) bool {
	_, name, prefixed := strings.Cut(key, "/")
	if !prefixed {
		name = key
	}
	isKey := intent.IsLabel(key) || labelKey.MatchString(key) && len(name) <= longestLabel
	return isKey && (intent.IsLabel(value) || len(value) <= longestLabel && labelValue.MatchString(value))
}

// validExports rejects lists of namespaces that repeat or contradict themselves.
func validExports(n *source.Node, namespace string, selective bool) {
	seen := map[string]bool{}
	items := n.Items()
	for _, i := range items {
		to := i.Str()
		if to == "." {
			to = namespace
		}
		switch {
		case seen[to]:
			i.Reject("is listed twice")
		case to != "*" && !isLabel(to):
			i.Reject(`is not ".", "*" or a namespace`)
		case to == "*" && len(items) > 1:
			i.Reject("stands beside other namespaces")
		case selective && (to != namespace || len(items) > 1):
			i.Reject("is not the object's own namespace, which a workload selector needs")
		}
		seen[to] = true
	}
}

// validPort rejects what is no port; 0 means none where it may be left out.
func validPort(n *source.Node, optional bool) {
	if p := n.Int(); n != nil && (p < 1 || p > 65535) && !(optional && p == 0) {
		n.Reject("is not a port number")
	}
}

// between rejects integers out of bounds.
func between(n *source.Node, low, high int, why string) {
	if n == nil {
		return
	}
	if v := n.Int(); v < low || v > high {
		n.Reject(why)
	}
}

// validPercent rejects what is no part of a hundred.
func validPercent(n *source.Node) {
	if v := n.Float(); v < 0 || v > 100 {
		n.Reject("is no percentage from 0 to 100")
	}
}
