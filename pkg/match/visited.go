package match

// visited is a set of short keys. Few are kept one after the other in one piece of
// memory, which is faster than a map.
type visited struct {
	text []byte
	ends []int
	many map[string]bool // all of them; empty while there are few
}

func (v *visited) count() int { return max(len(v.ends), len(v.many)) }

func (v *visited) has(key []byte) bool {
	if len(v.many) > 0 {
		return v.many[string(key)]
	}
	from := 0
	for _, end := range v.ends {
		if string(v.text[from:end]) == string(key) {
			return true
		}
		from = end
	}
	return false
}

// add reports whether a key is new, and adds it.
func (v *visited) add(key []byte) bool {
	switch {
	case v.has(key):
		return false
	case len(v.many) > 0:
		v.many[string(key)] = true
	case len(v.ends) == fewKeys:
		v.toMap()
		v.many[string(key)] = true
	default:
		v.text = append(v.text, key...)
		v.ends = append(v.ends, len(v.text))
	}
	return true
}

func (v *visited) toMap() {
	if v.many == nil {
		v.many = make(map[string]bool, 4*fewKeys)
	}
	from := 0
	for _, end := range v.ends {
		v.many[string(v.text[from:end])] = true
		from = end
	}
}

func (v *visited) reset() {
	v.text, v.ends = v.text[:0], v.ends[:0]
	clear(v.many)
}
