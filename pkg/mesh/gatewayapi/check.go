package gatewayapi

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// The forms of values that the CRD schemas demand.
// sigs.k8s.io/gateway-api config/crd
var (
	formHost     = form{regexp.MustCompile(`^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`), 253, "a host name", true}
	formSection  = form{regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`), 253, "a section name", true}
	formObject   = form{regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`), 253, "a name that an object can have", true}
	formProtocol = form{regexp.MustCompile(`^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9]+$`), 255, "a protocol", true}
	formLabel    = form{regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`), 63, "the name of a namespace", true}
	formKind     = form{regexp.MustCompile(`^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$`), 63, "a kind", false}
	formName     = form{regexp.MustCompile(`.`), 253, "a name", false}
	formHeader   = form{regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+\-.^_\x60|~]+$`), 256, "a header name", false}
	formValue    = form{regexp.MustCompile(`(?s).`), 4096, "a header value", false}
	formQuery    = form{regexp.MustCompile(`(?s).`), 1024, "a query value", false}
	formService  = form{regexp.MustCompile(`^(?i)\.?[a-z_][a-z_0-9]*(\.[a-z_][a-z_0-9]*)*$`), 1024, "a gRPC service", false}
	formMethod   = form{regexp.MustCompile(`^[A-Za-z_][A-Za-z_0-9]*$`), 1024, "a gRPC method", false}
	formDuration = form{regexp.MustCompile(`^([0-9]{1,5}(h|m|s|ms)){1,4}$`), 32, `a duration such as "1m30s"`, false}
	formOrigin   = form{regexp.MustCompile(`(^\*$)|(^(http(s)?):\/\/(((\*\.)?([a-zA-Z0-9\-]+\.)*[a-zA-Z0-9-]+|\*)(:([0-9]{1,5}))?)$)`), 253, "an origin", false}
	pathChars    = regexp.MustCompile(`^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$`)
)

// form is what a string must look like.
type form struct {
	pattern *regexp.Regexp
	max     int // in bytes
	what    string
	words   bool // says that each DNS label fits, as most of them are
}

func (f form) fits(s string) bool {
	return len(s) <= f.max && (f.words && intent.IsLabel(s) || f.pattern.MatchString(s))
}

// read reads a string of a form; a value that does not fit is a problem.
func (f form) read(n *source.Node) string {
	s := n.Str()
	if n != nil && n.Kind() == source.Scalar && !f.fits(s) {
		n.Reject("is not " + f.what)
	}
	return s
}

// need is read for a field that must be there; at is what lacks it.
func (f form) need(at *source.Node, key string) string {
	n := at.Get(key)
	if n == nil && at != nil {
		at.Reject("has no " + key)
	}
	return f.read(n)
}

// enum reads one of a few words; "" where the field is missing.
func enum(n *source.Node, words ...string) string {
	s := n.Str()
	if n != nil && n.Kind() == source.Scalar && !slices.Contains(words, s) {
		n.Reject("is not one of " + strings.Join(words, ", "))
	}
	return s
}

// within reads an integer of a range; 0 where the field is missing.
func within(n *source.Node, low, high int) int {
	if n == nil {
		return 0
	}
	i := n.Int()
	if n.Kind() == source.Scalar && n.IsNumber() && (i < low || i > high) {
		n.Reject("is not between " + strconv.Itoa(low) + " and " + strconv.Itoa(high))
	}
	return i
}

// port reads a port number; 0 where the field is missing.
func port(n *source.Node) int { return within(n, 1, 65535) }

// atMost is Items, of a list with a largest length.
func atMost(n *source.Node, limit int) []*source.Node {
	items := n.Items()
	if len(items) > limit {
		n.Reject("has more than " + strconv.Itoa(limit) + " entries")
	}
	return items
}

// badPath says why a path of type Exact or PathPrefix is not accepted, or "".
func badPath(path string) string {
	switch {
	case !strings.HasPrefix(path, "/"):
		return `does not begin with "/"`
	case strings.HasSuffix(path, "/..") || strings.HasSuffix(path, "/."):
		return "ends with a dot segment"
	case len(path) > 1024:
		return "is longer than 1024 bytes"
	case !pathChars.MatchString(path):
		return "has a character that no path has"
	}
	for _, part := range []string{"//", "/./", "/../", "%2f", "%2F"} {
		if strings.Contains(path, part) {
			return "contains " + part
		}
	}
	return ""
}
