package match

import "slices"

// Request is a concrete point: one request of one client at one workload.
// Attributes that are absent have no entry; see Lookup.
type Request struct {
	values []value
	at     map[attribute]int // where in values; nil while there are few
}

type attribute struct {
	Field Field
	Key   string
}

// value is an attribute with its value.
type value struct {
	attribute
	text string
}

// fewValues are room for what most requests hold.
const fewValues = 8

// manyValues are too many to look at one by one.
const manyValues = 24

// Set gives the attribute a value and returns r for chaining; a zero Request
// is ready for use.
func (r *Request) Set(f Field, key, text string) *Request {
	a := attribute{f, key}
	if i := r.find(a); i >= 0 {
		r.values[i].text = text
		return r
	}
	if r.values == nil {
		r.values = make([]value, 0, fewValues)
	}
	r.values = append(r.values, value{a, text})
	switch n := len(r.values); {
	case r.at != nil:
		r.at[a] = n - 1
	case n > manyValues:
		r.index()
	}
	return r
}

// index notes where each attribute is.
func (r *Request) index() {
	r.at = make(map[attribute]int, 2*len(r.values))
	for i := range r.values {
		r.at[r.values[i].attribute] = i
	}
}

// find is where an attribute is among the values, -1 where it is absent.
func (r *Request) find(a attribute) int {
	if r.at != nil {
		if i, ok := r.at[a]; ok {
			return i
		}
		return -1
	}
	for i := range r.values {
		if v := &r.values[i]; v.Field == a.Field && v.Key == a.Key {
			return i
		}
	}
	return -1
}

// Unset makes the attribute absent.
func (r *Request) Unset(f Field, key string) *Request {
	if i := r.find(attribute{f, key}); i >= 0 {
		r.values = slices.Delete(r.values, i, i+1)
		if r.at != nil {
			r.index()
		}
	}
	return r
}

// Lookup returns the value of an attribute, and whether it is there.
func (r *Request) Lookup(f Field, key string) (string, bool) {
	if i := r.find(attribute{f, key}); i >= 0 {
		return r.values[i].text, true
	}
	return "", false
}

// Copy takes over an attribute without a key from another request, if it is
// there.
func (r *Request) Copy(from *Request, f Field) {
	if v, ok := from.Lookup(f, ""); ok {
		r.Set(f, "", v)
	}
}

// Value is a key with the value that an attribute has for it.
type Value struct{ Key, Value string }

// Values lists the values of an attribute that has keys, sorted by key.
func (r *Request) Values(f Field) []Value {
	var out []Value
	for _, v := range r.keyed(f) {
		out = append(out, Value{v.Key, v.text})
	}
	return out
}

// Clone copies a request.
func (r *Request) Clone() *Request {
	out := &Request{values: make([]value, len(r.values), max(len(r.values)+2, fewValues))}
	copy(out.values, r.values)
	if r.at != nil {
		out.index()
	}
	return out
}
