package match

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// universe is the set of values that an attribute can have where it is there.
// Decisions are about these values only: no path without a leading slash, no
// port 70000.
type universe struct {
	has func(string) bool
	// pattern is has, as RE2 for the whole value; "" for fields that no automaton
	// is asked about.
	pattern string
	// familiar values are tried first as samples. All of a closed universe.
	familiar []string
	// fresh are characters that extend a value to another one, readable first.
	fresh string
}

const (
	lowerFresh = "xyzqwvkjubgfmpdhlcrnstioea0123456789"
	upperFresh = "XYZQWVKJUBGFMPDHLCRNSTIOEA"
	allFresh   = lowerFresh + upperFresh + "-._~"
	anyWord    = `[^[:cntrl:] ]+`
	anyText    = `[^[:cntrl:]]*`
	anyPort    = `[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]`
)

var universes = [...]universe{
	Path:            {path, `/[^?#[:cntrl:] ]*`, []string{"/"}, allFresh},
	Method:          {methodToken, "[-!#$%&'*+.^_`|~0-9A-Za-z]+", []string{"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE"}, upperFresh + lowerFresh},
	Scheme:          {familiarOf("http", "https"), "", []string{"http", "https"}, ""},
	Host:            {hostname, `[a-z0-9._-]+`, []string{"example.com", "other.example"}, lowerFresh + "-_"},
	Authority:       {authority, `[A-Za-z0-9._-]+(?::[0-9]+)?`, []string{"example.com", "other.example"}, lowerFresh + upperFresh + "-_"},
	Header:          {printable, anyText, []string{"x", "y", ""}, allFresh},
	Query:           {printable, anyText, []string{"x", "y", ""}, allFresh},
	Token:           {printable, anyText, []string{"x", "y", ""}, allFresh},
	Protocol:        {familiarOf("http", "tcp"), "", []string{"http", "tcp"}, ""},
	SNI:             {word, anyWord, []string{"example.com", "other.example"}, allFresh},
	Found:           {printable, anyText, []string{"x", "y", ""}, allFresh},
	Port:            {port, anyPort, []string{"8080", "80", "9999"}, ""},
	ServicePort:     {port, anyPort, []string{"80", "8080", "9999"}, ""},
	DestIP:          {address, "", []string{"10.96.0.10", "203.0.113.7", "2001:db8::7"}, ""},
	ClientIP:        {address, "", []string{"10.1.2.3", "203.0.113.7", "2001:db8::7"}, ""},
	RemoteIP:        {address, "", []string{"203.0.113.7", "10.1.2.3", "2001:db8::7"}, ""},
	ClientNamespace: {word, anyWord, []string{"default", "other"}, allFresh},
	ClientAccount:   {word, anyWord, []string{"default", "other"}, allFresh},
	ClientTrust:     {word, anyWord, []string{"cluster.local", "other.example"}, allFresh},
	ClientIdentity:  {word, anyWord, []string{"other"}, allFresh},
	ClientLabel:     {printable, anyText, []string{"x", "y", ""}, allFresh},
	Namespace:       {word, anyWord, []string{"default", "other"}, allFresh},
	Label:           {printable, anyText, []string{"x", "y", ""}, allFresh},
	Account:         {word, anyWord, []string{"default", "other"}, allFresh},
	Service:         {word, anyWord, []string{"default/other"}, allFresh},
	DestHost:        {labels, `[a-z0-9_-]+(?:\.[a-z0-9_-]+)*`, []string{"www.example.com", "other.example"}, lowerFresh + "-_"},
}

// closed reports whether all values can be listed.
func (f Field) closed() bool { return f == Scheme || f == Protocol || f == Port || f == ServicePort }

// address reports whether the values are IP addresses.
func (f Field) address() bool { return f == DestIP || f == ClientIP || f == RemoteIP }

// all lists the values of a closed universe, familiar ones first.
func (f Field) all(yield func(string) bool) {
	for _, v := range universes[f].familiar {
		if !yield(v) {
			return
		}
	}
	if f != Port && f != ServicePort {
		return
	}
	for n := 1; n <= 65535; n++ {
		if !yield(strconv.Itoa(n)) {
			return
		}
	}
}

func familiarOf(values ...string) func(string) bool {
	return func(v string) bool {
		for _, x := range values {
			if v == x {
				return true
			}
		}
		return false
	}
}

func port(v string) bool {
	n, err := strconv.ParseUint(v, 10, 16)
	return err == nil && n > 0 && v[0] != '0' && v[0] != '+'
}

func address(v string) bool {
	_, ok := parseAddress(v)
	return ok
}

func printable(v string) bool {
	for i := range len(v) {
		if v[i] < ' ' || v[i] == 0x7f {
			return false
		}
	}
	return utf8.ValidString(v)
}

func word(v string) bool { return v != "" && printable(v) && strings.IndexByte(v, ' ') < 0 }

func path(v string) bool {
	return strings.HasPrefix(v, "/") && word(v) && !strings.ContainsAny(v, "?#")
}

func methodToken(v string) bool {
	for i := range len(v) {
		if !alphanumeric(v[i]) && strings.IndexByte("-!#$%&'*+.^_`|~", v[i]) < 0 {
			return false
		}
	}
	return v != ""
}

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

func hostname(v string) bool {
	for i := range len(v) {
		if c := v[i]; !alphanumeric(c) && strings.IndexByte("._-", c) < 0 || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return v != ""
}

// labels is a host without empty labels.
func labels(v string) bool {
	return hostname(v) && v[0] != '.' && v[len(v)-1] != '.' && !strings.Contains(v, "..")
}

// authority is a host, perhaps with a port. Literal IPv6 hosts are left out.
func authority(v string) bool {
	host, digits, sent := strings.Cut(v, ":")
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return hostname(lower(host)) && sent == (digits != "")
}

// hostOf is the Host that goes with an Authority.
func hostOf(authority string) string {
	host, _, _ := strings.Cut(authority, ":")
	return lower(host)
}
