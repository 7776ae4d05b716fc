package cilium

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/source"
)

// shape rejects what the definition of a kind does not let stand at a place, for
// values of which the reader does not see it by reading them, and fields that do not
// exist. What fits it leaves unmarked.
type shape func(*source.Node)

// itemsOf are the elements of a list; an empty one is not marked as read.
func itemsOf(n *source.Node) []*source.Node {
	if n.Is(source.List) && n.IsEmpty() {
		return nil
	}
	return n.Items()
}

// entriesOf are the entries of a map; an empty one is not marked as read.
func entriesOf(n *source.Node) []source.Entry {
	if n.Is(source.Map) && n.IsEmpty() {
		return nil
	}
	return n.Entries()
}

func aText(n *source.Node) {
	if n != nil && !n.IsString() {
		n.Str()
	}
}

func aTruth(n *source.Node) {
	if n != nil && !n.IsBool() {
		n.Bool()
	}
}

// numberOrText is a value that may be either.
func numberOrText(n *source.Node) {
	if n != nil && !n.IsNumber() && !n.IsString() {
		n.Reject("is not a number or a string")
	}
}

// whole numbers from low to high.
func numbers(low, high int) shape {
	return func(n *source.Node) {
		i, err := strconv.ParseInt(n.Written(), 0, 64)
		switch {
		case n == nil:
		case !n.IsNumber() || err != nil:
			n.Int()
		case i < int64(low) || i > int64(high):
			n.Reject("is not from " + strconv.Itoa(low) + " to " + strconv.Itoa(high))
		}
	}
}

// oneOfWords are texts of an enumeration.
func oneOfWords(words ...string) shape {
	return func(n *source.Node) {
		if n == nil {
			return
		}
		if !n.IsString() || !slices.Contains(words, n.Written()) {
			n.Reject("is not one of " + strings.Join(words, ", "))
		}
	}
}

// formed are texts of a form and a greatest length.
func formed(pattern *regexp.Regexp, most int, what string) shape {
	return func(n *source.Node) {
		if n == nil {
			return
		}
		aText(n)
		if s := n.Written(); n.IsString() && (len(s) > most || !pattern.MatchString(s)) {
			n.Reject("is not " + what)
		}
	}
}

// list is a list of what has a shape.
func list(each shape) shape {
	return func(n *source.Node) {
		for _, item := range itemsOf(n) {
			if item.Is(source.Null) {
				item.Reject("is null")
			}
			each(item)
		}
	}
}

// atMost is a list of no more than so many.
func atMost(most int, each shape) shape {
	return func(n *source.Node) {
		list(each)(n)
		if len(itemsOf(n)) > most {
			n.Reject("lists more than " + strconv.Itoa(most) + ", which Cilium refuses")
		}
	}
}

// values is a map of any keys.
func values(each shape) shape {
	return func(n *source.Node) {
		for _, e := range entriesOf(n) {
			each(e.Value)
		}
	}
}

// fields are those of a map.
type fields map[string]shape

// with is a map of these fields, some of which must be there.
func (f fields) with(needed ...string) shape {
	return func(n *source.Node) {
		if n == nil {
			return
		}
		for _, e := range entriesOf(n) {
			if s, known := f[e.Key]; known {
				s(n.Get(e.Key))
			} else {
				e.Value.RejectField("the API server rejects the policy, as kubectl asks by default, or holds one that says something else")
			}
		}
		for _, key := range needed {
			if n.Get(key) == nil {
				n.Reject("has no " + key)
			}
		}
	}
}

// just rejects a map that does not have just one of some fields.
func just(n *source.Node, keys ...string) {
	said := 0
	for _, key := range keys {
		if n.Get(key) != nil {
			said++
		}
	}
	if n != nil && said != 1 {
		n.Reject("does not have just one of " + strings.Join(keys, ", "))
	}
}
