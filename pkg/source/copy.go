package source

import "strconv"

// Look is what one value of a tree is, with what is below it.
type Look[T any] struct {
	Kind Kind
	// Tag is the YAML tag of a scalar, such as "!!str", and Text the scalar.
	Tag, Text string
	Comment   string
	// Keys are those of a map's Kids.
	Keys []string
	Kids []T
}

// Copy makes an object of a tree that is known to be small and sound, such as one
// that this program is about to print. look tells what is at a value.
func Copy[T any](file string, root T, look func(T) Look[T], o Options) *Object {
	b := newBuilder(measured(root, 0, look), o)
	b.begin(file)
	tree := copied(b, root, span{}, look)
	obj := newObject(tree, o)
	b.in.object = obj.title()
	return obj
}

func copied[T any](b *builder, from T, path span, look func(T) Look[T]) *Node {
	v, n := look(from), b.node()
	n.path, n.kind, n.text = path, v.Kind, b.kept(v.Text)
	n.setTag(v.Tag)
	if v.Comment != "" {
		n.note().comment = v.Comment
	}
	r := b.room(len(v.Kids))
	for i, of := range v.Kids {
		var kid *Node
		if v.Kind == Map {
			kid = copied(b, of, b.under(path, v.Keys[i]), look)
			kid.named = uint32(len(v.Keys[i]))
		} else {
			kid = copied(b, of, b.item(path, i), look)
		}
		b.put(n, kid, &r)
	}
	return n
}

// measured is how much a tree holds whose path has a length.
func measured[T any](from T, path int, look func(T) Look[T]) size {
	v := look(from)
	s := size{values: 1, text: path + len(v.Text)}
	for i, kid := range v.Kids {
		if v.Kind == Map {
			s.add(measured(kid, path+len(".")+len(v.Keys[i]), look))
		} else {
			s.add(measured(kid, path+len("[]")+len(strconv.Itoa(i)), look))
		}
	}
	return s
}
