package istio

import "strings"

// spelling is a word of Istio's with what it stands for; tables of them are used
// both ways.
type spelling[T comparable] struct {
	name  string
	value T
}

// meaning finds what a word stands for.
func meaning[T comparable](table []spelling[T], name string) (value T, ok bool) {
	for _, s := range table {
		if s.name == name {
			return s.value, true
		}
	}
	return value, false
}

// word is the first spelling of a value; "" is none.
func word[T comparable](table []spelling[T], value T) string {
	for _, s := range table {
		if s.value == value {
			return s.name
		}
	}
	return ""
}

// words lists the spellings for messages.
func words[T comparable](table []spelling[T]) string {
	var out []string
	for _, s := range table {
		out = append(out, s.name)
	}
	return strings.Join(out, ", ")
}
