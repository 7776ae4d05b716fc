package source

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// builder makes the trees of one document. Its values are in a few large pieces
// of memory.
type builder struct {
	piece *piece
	in    *origin // of the object that is being built
	size  size    // of the document as written
	o     Options // whose limits hold with aliases expanded
	built int
	nodes []Node
	text  strings.Builder // of scalars and paths; a path ends with its key
	// index holds the keys of the large map that is being built, so that
	// repeated keys are found in linear time.
	index map[*Node]map[string]bool
}

// tooDeep is said of documents beyond maxDepth.
var tooDeep = "values nest deeper than " + strconv.Itoa(maxDepth) + " levels"

// largeMap is the size from which a map's keys are indexed.
const largeMap = 64

// has reports whether a map that is being built has the key already.
func (b *builder) has(n *Node, key string) bool {
	if n.holds() < largeMap {
		return n.find(key) != nil
	}
	keys := b.index[n]
	if keys == nil {
		keys = make(map[string]bool, n.holds())
		for _, kid := range n.held() {
			keys[kid.name()] = true
		}
		if b.index == nil {
			b.index = map[*Node]map[string]bool{}
		}
		b.index[n] = keys
	}
	seen := keys[key]
	keys[key] = true
	return seen
}

// build makes the tree of a node; a message says which limit it broke.
func (b *builder) build(y *yaml.Node, path span, depth int) (*Node, string) {
	if b.built++; b.built > b.o.maxValues() || b.text.Len() > b.o.maxText() || b.built > 1000 && b.built > maxAliasRatio*b.size.nodes {
		return nil, "aliases expand the document beyond the limit"
	}
	if depth > maxDepth {
		return nil, tooDeep
	}
	if y.Kind == yaml.AliasNode {
		return b.build(y.Alias, path, depth+1)
	}
	n := b.node()
	n.path, n.at = path, spotOf(y)
	if y.HeadComment != "" {
		n.note().comment = y.HeadComment
	}
	switch y.Kind {
	case yaml.MappingNode:
		n.tag = tagMap
		return n, b.entries(n, y, depth)
	case yaml.SequenceNode:
		n.tag = tagList
		return n, b.elements(n, y, depth)
	}
	n.says = b.kept(y.Value)
	n.setTag(Scalar, scalarTag(y))
	if y.Style&yaml.LiteralStyle != 0 {
		n.note().block = true
	}
	return n, ""
}

func spotOf(y *yaml.Node) spot { return spot{int32(y.Line), int32(y.Column)} }

func (b *builder) elements(n *Node, y *yaml.Node, depth int) string {
	r := b.room(len(y.Content))
	for i, c := range y.Content {
		kid, err := b.build(c, b.item(n.path, i), depth+1)
		if err != "" {
			return err
		}
		b.put(n, kid, &r)
	}
	return ""
}

func (b *builder) entries(n *Node, y *yaml.Node, depth int) string {
	r := b.room(len(y.Content) / 2)
	var merged []*yaml.Node
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		if key.ShortTag() == "!!merge" {
			merged = append(merged, value)
			continue
		}
		if err := b.entry(n, &r, key, value, depth); err != "" {
			return err
		}
	}
	for _, m := range merged {
		if err := b.merge(n, &r, m, depth); err != "" {
			return err
		}
	}
	return ""
}

func (b *builder) entry(n *Node, r *room, key, value *yaml.Node, depth int) string {
	kid, err := b.build(value, b.under(n.path, key.Value), depth+1)
	if err != "" {
		return err
	}
	kid.setKey(spotOf(key), len(key.Value))
	if key.HeadComment != "" && kid.Comment() == "" {
		kid.note().comment = key.HeadComment
	}
	if b.has(n, key.Value) {
		first := n.find(key.Value)
		kid.note().problem, kid.note().about = "is said already, in line "+strconv.Itoa(int(first.key().line)), RepeatedKey
	}
	b.put(n, kid, r)
	return ""
}

// merge adds the entries of "<<" that the map does not say itself.
func (b *builder) merge(n *Node, r *room, from *yaml.Node, depth int) string {
	for from.Kind == yaml.AliasNode {
		from = from.Alias
	}
	if from.Kind == yaml.SequenceNode {
		for _, f := range from.Content {
			if err := b.merge(n, r, f, depth); err != "" {
				return err
			}
		}
		return ""
	}
	if depth > maxDepth {
		return tooDeep
	}
	for i := 0; i+1 < len(from.Content); i += 2 {
		key, value := from.Content[i], from.Content[i+1]
		if b.has(n, key.Value) {
			continue
		}
		if key.ShortTag() == "!!merge" {
			if err := b.merge(n, r, value, depth+1); err != "" {
				return err
			}
			continue
		}
		if err := b.entry(n, r, key, value, depth); err != "" {
			return err
		}
	}
	return ""
}

// scalarTag is the type of a scalar as kubectl reads it: YAML 1.1 booleans
// without quotes are booleans.
func scalarTag(y *yaml.Node) string {
	if y.Style == 0 {
		switch y.Value {
		case "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF":
			return "!!bool"
		}
	}
	return y.ShortTag()
}
