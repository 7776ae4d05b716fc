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
	b := newBuilder(measured(root, 0, look), 0)
	b.in = &origin{file: file}
	tree := copied(b, root, "", look)
	obj := newObject(tree, o)
	b.in.object = obj.title()
	return obj
}

func copied[T any](b *builder, from T, path string, look func(T) Look[T]) *Node {
	v, n := look(from), b.node()
	n.path, n.kind, n.text = path, v.Kind, v.Text
	n.setTag(v.Tag)
	if v.Comment != "" {
		n.note().comment = v.Comment
	}
	if len(v.Kids) == 0 {
		return n
	}
	n.contents = b.group(contents{append(b.names(len(v.Keys)), v.Keys...), b.room(len(v.Kids))})
	for i, kid := range v.Kids {
		at := ""
		if v.Kind == Map {
			at = b.under(path, v.Keys[i])
		} else {
			at = b.item(path, i)
		}
		n.kids = append(n.kids, copied(b, kid, at, look))
	}
	return n
}

// measured is how much a tree holds whose path has a length.
func measured[T any](from T, path int, look func(T) Look[T]) size {
	v := look(from)
	s := size{values: 1, keys: len(v.Keys), text: path}
	if len(v.Kids) > 0 {
		s.groups = 1
	}
	for i, kid := range v.Kids {
		if v.Kind == Map {
			s.add(measured(kid, path+len(".")+len(v.Keys[i]), look))
		} else {
			s.add(measured(kid, path+len("[]")+len(strconv.Itoa(i)), look))
		}
	}
	return s
}
