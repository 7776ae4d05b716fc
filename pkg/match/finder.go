package match

// finder numbers keys in the order in which they are added. Few are searched one
// by one, which is faster than a map and takes no memory.
type finder[K comparable] struct {
	keys  []K
	index map[K]int32 // empty while there are few
}

const fewKeys = 24

func (f *finder[K]) find(k K) (int32, bool) {
	if len(f.index) > 0 {
		i, ok := f.index[k]
		return i, ok
	}
	for i := range f.keys {
		if f.keys[i] == k {
			return int32(i), true
		}
	}
	return 0, false
}

// add adds a key that is not there.
func (f *finder[K]) add(k K) int32 {
	i := int32(len(f.keys))
	f.keys = append(f.keys, k)
	switch {
	case len(f.index) > 0:
		f.index[k] = i
	case len(f.keys) > fewKeys:
		if f.index == nil {
			f.index = make(map[K]int32, 4*fewKeys)
		}
		for j, k := range f.keys {
			f.index[k] = int32(j)
		}
	}
	return i
}

func (f *finder[K]) reset() {
	f.keys = f.keys[:0]
	clear(f.index)
}
