// Package source reads manifests into trees that remember where every value
// stood and whether anyone has read it.
package source

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"strconv"

	"github.com/transmesh/transmesh/pkg/parallel"
	"github.com/transmesh/transmesh/pkg/place"
	"go.yaml.in/yaml/v3"
)

// Options bounds and completes what is read.
type Options struct {
	// MaxBytes of one document; 0 is 16 MiB. A document may hold one value for
	// every eight of these bytes.
	MaxBytes int
	// Namespace of objects that name none; "" is "default".
	Namespace string
}

const (
	defaultMaxBytes = 16 << 20
	// maxDepth bounds nesting. Kubernetes objects nest about twenty levels.
	maxDepth = 500
	// bytesPerValue bounds the values of a document, aliases expanded, by its
	// limit of bytes: a value takes much more memory than its text.
	bytesPerValue = 8
	// textPerByte bounds the paths of all values of a document by its limit of bytes:
	// long keys above many values make much of little.
	textPerByte = 32
	// mostText is what spans can tell apart.
	mostText = 1 << 31
	// maxAliasRatio bounds how far aliases may blow a document up.
	maxAliasRatio = 50
)

// Parse reads every document of a file of YAML or JSON, or of HCL where the file's
// name ends in ".hcl". What cannot be read is a problem with its position; the
// other documents are still returned. Objects of kind List are replaced by their
// items; the configuration entries in an agent's configuration stand beside it.
func Parse(file string, data []byte, o Options) ([]*Object, []Problem) {
	if isHCL(file, data) {
		return parseHCL(file, utf8Text(data), o)
	}
	docs := split(utf8Text(data))
	read := make([]parsed, len(docs))
	parallel.Each((len(docs)+inChunk-1)/inChunk, func(i int) {
		from, to := i*inChunk, min((i+1)*inChunk, len(docs))
		parseChunk(file, docs[from:to], read[from:to], o)
	})
	objs := make([]*Object, 0, len(docs))
	var problems []Problem
	for _, r := range read {
		objs = append(objs, r.objs...)
		problems = append(problems, r.problems...)
	}
	return objs, problems
}

// parsed is what became of one document.
type parsed struct {
	objs     []*Object
	problems []Problem
}

func parseDocument(file string, d document, o Options) (out parsed) {
	root, p := decode(file, d, o)
	if p != nil && p.Kind == NotReadable {
		if several := stream(d); several != nil {
			for _, one := range several {
				r := parseDocument(file, one, o)
				out.objs, out.problems = append(out.objs, r.objs...), append(out.problems, r.problems...)
			}
			return out
		}
	}
	return parsedTree(file, root, p, d, o)
}

// parsedTree makes the objects of what was decoded of a document.
func parsedTree(file string, root *yaml.Node, p *Problem, d document, o Options) (out parsed) {
	if p == nil && root != nil {
		out.objs, p = objects(file, root, o)
	}
	if p != nil {
		out.problems = []Problem{guess(*p, d.text, o)}
	}
	return out
}

func (o Options) maxBytes() int { return cmp.Or(o.MaxBytes, defaultMaxBytes) }

func (o Options) maxValues() int { return o.maxBytes() / bytesPerValue }

func (o Options) maxText() int { return min(o.maxBytes(), mostText/textPerByte) * textPerByte }

// dense tells from the characters that part values about how many there are,
// before any takes memory.
func dense(text []byte) int {
	n := 0
	for _, c := range []string{"\n", ",", "[", "{"} {
		n += bytes.Count(text, []byte(c))
	}
	return n
}

// tooMuch tells why a document is not even parsed: it is too large, or half of it is
// another one.
func tooMuch(at place.Pos, d document, o Options) *Problem {
	switch {
	case len(d.text) > o.maxBytes():
		return &Problem{Ref: place.Ref{Pos: at}, Kind: OverLimit, Message: "the document is larger than the limit of " + bytesText(o.maxBytes())}
	case dense(d.text) > o.maxValues():
		return &Problem{Ref: place.Ref{Pos: at}, Kind: OverLimit, Message: "the document holds more values than the limit of " + strconv.Itoa(o.maxValues())}
	}
	return conflicting(at, d.text)
}

// decode parses one document; nil for an empty one.
func decode(file string, d document, o Options) (*yaml.Node, *Problem) {
	at := place.Pos{File: file, Line: d.line, Col: 1}
	if p := tooMuch(at, d, o); p != nil {
		return nil, p
	}
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(d.text))
	err := dec.Decode(&doc)
	if err != nil && isJSON(d.text) && escapes.Match(d.text) {
		dec = yaml.NewDecoder(bytes.NewReader(unescaped(d.text)))
		err = dec.Decode(&doc)
	}
	switch {
	case errors.Is(err, io.EOF) || err == nil && len(doc.Content) == 0:
		return nil, nil
	case err != nil:
		return nil, brokenBy(at, d, err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, &Problem{Ref: place.Ref{Pos: at}, Kind: NotReadable, Message: "the document goes on behind its end; begin each document with a line of ---"}
	}
	shift(doc.Content[0], d.line-1)
	return rootOf(&doc, at, d)
}

// rootOf is the value of a document whose positions are those in its file.
func rootOf(doc *yaml.Node, at place.Pos, d document) (*yaml.Node, *Problem) {
	root := doc.Content[0]
	if root.HeadComment == "" {
		root.HeadComment = doc.HeadComment
	}
	if bytes.Contains(d.text, []byte("{{")) {
		if n := templated(root); n != nil {
			at.Line, at.Col = n.Line, n.Column
			return nil, &Problem{Ref: place.Ref{Pos: at}, Kind: LooksForeign, Message: isTemplate}
		}
	}
	return root, nil
}

func (b *builder) object(file string, root *yaml.Node, o Options) (*Object, *Problem) {
	ref := place.Ref{Pos: place.Pos{File: file, Line: root.Line, Col: root.Column}}
	if root.Kind == yaml.SequenceNode {
		return nil, &Problem{Ref: ref, Kind: NoManifest, Message: "the document is a list, and no manifest"}
	}
	if root.Kind != yaml.MappingNode {
		return nil, &Problem{Ref: ref, Kind: NotReadable, Message: "the document is not a manifest: it is not a map"}
	}
	if second := runsOn(root); second != nil {
		ref.Pos.Line, ref.Pos.Col = second.Line, second.Column
		return nil, &Problem{Ref: ref, Kind: NotReadable, Message: "another manifest begins within the document; begin it with a line of ---"}
	}
	b.begin(file)
	tree, err := b.build(root, span{}, 0)
	if err != "" {
		b.in.object = newObject(b.head(root, o), o).title()
		ref.Object = b.in.object
		return nil, &Problem{Ref: ref, Kind: OverLimit, Message: err}
	}
	obj := newObject(tree, o)
	b.in.object = obj.title()
	return obj, nil
}

// head is the part of a tree that names the object, for one that cannot be built.
func (b *builder) head(root *yaml.Node, o Options) *Node {
	in := *root
	in.Content = nil
	for i := 0; i+1 < len(root.Content); i += 2 {
		switch key, value := root.Content[i], root.Content[i+1]; {
		case value.Kind == yaml.ScalarNode:
			in.Content = append(in.Content, key, value)
		case key.Value == "metadata" && value.Kind == yaml.MappingNode:
			in.Content = append(in.Content, key, &yaml.Node{Kind: yaml.MappingNode, Content: scalars(value.Content)})
		}
	}
	named := newBuilder(size{nodes: 1 + len(root.Content)}, o)
	named.begin(b.in.file)
	tree, _ := named.build(&in, span{}, 0)
	return tree
}

// FromYAML makes an object of a document that is known to be small and sound,
// such as one that this program wrote.
func FromYAML(file string, root *yaml.Node, o Options) *Object {
	obj, p := newBuilder(sizeOf(root, 0), o).object(file, root, o)
	if p != nil {
		panic("source: " + p.Message)
	}
	return obj
}
