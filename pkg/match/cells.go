package match

import (
	"slices"
	"strings"
	"unicode"
)

// Cell is one way in which the atoms on one attribute can turn out together,
// with a sample value; Absent is the attribute not being there.
type Cell struct {
	Value  string
	Absent bool
	Holds  []bool // one for each atom asked about
}

// maxStates bounds the states of the product of automata that Cells explores.
const maxStates = 20_000

// Cells cuts the values of one attribute by atoms that all test it (one Field
// and Key): every combination that some value can have, each once, absent last.
// ok is false where the budget of automaton states was exhausted.
func Cells(atoms []Atom) (cells []Cell, ok bool) {
	if len(atoms) == 0 {
		return []Cell{{Absent: true}}, true
	}
	var values []string
	switch f := atoms[0].Field; {
	case f.address():
		values = addressSamples(atoms)
	case !slices.ContainsFunc(atoms, complicated):
		values = plainSamples(atoms)
	default:
		if values, ok = productSamples(atoms); !ok {
			return nil, false
		}
	}
	return append(distinct(atoms, values), Cell{Absent: true, Holds: make([]bool, len(atoms))}), true
}

// complicated reports whether an atom needs automata.
func complicated(a Atom) bool { return a.Op > Segments || a.Fold }

// distinct keeps the first value of each combination.
func distinct(atoms []Atom, values []string) []Cell {
	var cells []Cell
	seen := map[string]bool{}
	var key strings.Builder
	for _, v := range values {
		c := Cell{Value: v, Holds: make([]bool, len(atoms))}
		key.Reset()
		for i, a := range atoms {
			c.Holds[i] = a.Holds(v)
			if c.Holds[i] {
				key.WriteByte('1')
			} else {
				key.WriteByte('0')
			}
		}
		if !seen[key.String()] {
			seen[key.String()] = true
			cells = append(cells, c)
		}
	}
	return cells
}

// plainSamples are values for exact, prefix and segment atoms. The truth of all
// of them on a string depends only on the longest marker (a value, or a segment
// value with its slash) that begins the string, and on whether it ends there.
func plainSamples(atoms []Atom) []string {
	f := atoms[0].Field
	markers := []string{start(f)}
	for _, a := range atoms {
		markers = append(markers, a.Value)
		if a.Op == Segments {
			trimmed := strings.TrimRight(a.Value, "/")
			markers = append(markers, trimmed, trimmed+"/")
		}
	}
	fresh := unused(f, strings.Join(markers, ""))
	var out []string
	for _, m := range markers {
		for _, v := range []string{m, m + fresh} {
			if inUniverse(f, v) {
				out = append(out, v)
			}
		}
	}
	return append(out, others(f)...)
}

// start begins every value of a field.
func start(f Field) string {
	if f == Path {
		return "/"
	}
	return ""
}

// unused is a text that stands nowhere in used.
func unused(f Field, used string) string {
	letters := "xyzqwvkjubgfmpdhlcrnstioea0123456789"
	switch {
	case f == Port || f == ServicePort:
		letters = "123456789"
	case f == Method:
		letters = strings.ToUpper(letters)
	}
	for _, r := range letters {
		if !strings.ContainsRune(used, r) {
			return string(r)
		}
	}
	for _, r := range "_~-.!ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		if !strings.ContainsRune(used, r) {
			return string(r)
		}
	}
	return "xyzzy-" + string(letters[0])
}

// others are familiar values beside those that atoms name.
func others(f Field) []string {
	switch f {
	case Method:
		return []string{"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE"}
	case Port, ServicePort:
		return []string{"8080", "80", "9999", "1"}
	case Protocol:
		return []string{"http", "tcp"}
	case Scheme:
		return []string{"http", "https"}
	}
	return nil
}

// inUniverse reports whether a field can have the value at all.
func inUniverse(f Field, v string) bool {
	switch f {
	case Path:
		return strings.HasPrefix(v, "/") && !strings.ContainsAny(v, "?#") && printable(v)
	case Protocol:
		return v == "http" || v == "tcp"
	case Scheme:
		return v == "http" || v == "https"
	case Port, ServicePort:
		return isPort(v)
	case Method, Host, Authority, SNI, ClientNamespace, ClientAccount, ClientTrust, Namespace, Account, Service:
		return v != "" && printable(v) && !strings.Contains(v, " ")
	}
	return printable(v)
}

func isPort(v string) bool {
	n := 0
	for _, r := range v {
		if r < '0' || r > '9' {
			return false
		}
		if n = 10*n + int(r-'0'); n > 65535 {
			return false
		}
	}
	return n > 0 && v[0] != '0'
}

func printable(v string) bool {
	return !strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsPrint(r) })
}
