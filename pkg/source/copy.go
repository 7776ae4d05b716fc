package source

import "strconv"

// View tells what is in a tree of another kind.
type View[T any] struct {
	// Look is what a value is, without what is below it.
	Look func(T) Look
	// Kid is one of the values that a map or list holds, with its key in a map.
	Kid func(of T, i int) (key string, kid T)
}

// Look is what one value of a tree is.
type Look struct {
	Kind Kind
	// Tag is the YAML tag of a scalar, such as "!!str", and Text the scalar.
	Tag, Text string
	// Kids is how many values a map or list holds.
	Kids int
}

// Copy makes an object of a tree that is known to be small and sound, such as one
// that this program is about to print.
func Copy[T any](file string, root T, view View[T], o Options) *Object {
	b := newBuilder(view.size(root, 0), o)
	b.begin(file)
	tree := view.copy(b, root, span{})
	obj := newObject(tree, o)
	b.in.object = obj.title()
	return obj
}

func (v View[T]) copy(b *builder, from T, path span) *Node {
	is, n := v.Look(from), b.node()
	n.path = path
	if n.setTag(is.Kind, is.Tag); !n.isHolder() {
		n.says = b.kept(is.Text)
	}
	r := b.room(is.Kids)
	for i := range is.Kids {
		key, of := v.Kid(from, i)
		var kid *Node
		if is.Kind == Map {
			kid = v.copy(b, of, b.under(path, key))
			kid.setKey(spot{}, len(key))
		} else {
			kid = v.copy(b, of, b.item(path, i))
		}
		b.put(n, kid, &r)
	}
	return n
}

// size is how much a tree holds whose path has a length.
func (v View[T]) size(from T, path int) size {
	is := v.Look(from)
	s := size{values: 1, text: path + len(is.Text)}
	for i := range is.Kids {
		key, kid := v.Kid(from, i)
		if is.Kind == Map {
			s.add(v.size(kid, path+len(".")+len(key)))
		} else {
			s.add(v.size(kid, path+len("[]")+len(strconv.Itoa(i))))
		}
	}
	if is.Kids > 0 {
		s.text -= path // with which that of the first begins
	}
	return s
}
