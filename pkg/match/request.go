package match

import "maps"

// Request is a concrete point: one request of one client at one workload.
// Attributes that are absent have no entry; see Lookup.
type Request struct {
	values map[attribute]string
}

type attribute struct {
	Field Field
	Key   string
}

// Set gives the attribute a value and returns r for chaining; a zero Request
// is ready for use.
func (r *Request) Set(f Field, key, value string) *Request {
	if r.values == nil {
		r.values = map[attribute]string{}
	}
	r.values[attribute{f, key}] = value
	return r
}

// Unset makes the attribute absent.
func (r *Request) Unset(f Field, key string) *Request {
	delete(r.values, attribute{f, key})
	return r
}

// Lookup returns the value of an attribute, and whether it is there.
func (r *Request) Lookup(f Field, key string) (string, bool) {
	v, ok := r.values[attribute{f, key}]
	return v, ok
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
	for _, a := range r.keyed(f) {
		out = append(out, Value{a.Key, r.values[a]})
	}
	return out
}

// Clone copies a request.
func (r *Request) Clone() *Request { return &Request{values: maps.Clone(r.values)} }
