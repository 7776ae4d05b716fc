package match

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
