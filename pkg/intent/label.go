package intent

import "strings"

// longestLabel is how long a DNS label may be, in bytes.
const longestLabel = 63

// IsLabel reports whether s is a DNS label as Kubernetes names namespaces and Services
// by: lower-case letters, digits and "-", which neither begins nor ends it, at most 63 of
// them (RFC 1123; IsDNS1123Label of k8s.io/apimachinery/pkg/util/validation, which takes
// longer).
func IsLabel(s string) bool {
	if s == "" || len(s) > longestLabel || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// IsLabelValue reports whether an object can have s as the value of a label: "", or letters,
// digits, "-", "_" and ".", of which the last three neither begin nor end it, at most 63 of them
// (IsValidLabelValue of k8s.io/apimachinery/pkg/util/validation).
func IsLabelValue(s string) bool {
	if len(s) > longestLabel {
		return false
	}
	for i := range len(s) {
		c := s[i]
		word := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !word && (i == 0 || i == len(s)-1 || c != '-' && c != '_' && c != '.') {
			return false
		}
	}
	return true
}

// IsName reports whether an object, such as a ServiceAccount, can be called s: by DNS labels
// between dots (IsDNS1123Subdomain of k8s.io/apimachinery/pkg/util/validation, which also
// takes longer ones).
func IsName(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if !IsLabel(part) {
			return false
		}
	}
	return true
}
