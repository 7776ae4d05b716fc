// Package place says where something stands in the input: a position in a file
// and a reference to one value of one object. It is a leaf that any package may
// import.
package place

import (
	"strconv"
	"strings"
)

// Pos is a place in an input file. Line and Col count from 1; the zero Pos is
// nowhere.
type Pos struct {
	File      string
	Line, Col int
}

// String prints file:line:column, without the parts that are unknown.
func (p Pos) String() string {
	switch {
	case p.File == "" && p.Line == 0:
		return "-"
	case p.Line == 0:
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Col)
}

// Before orders positions by file, line and column.
func (p Pos) Before(q Pos) bool {
	if p.File != q.File {
		return p.File < q.File
	}
	if p.Line != q.Line {
		return p.Line < q.Line
	}
	return p.Col < q.Col
}

// Ref names one value of one object, e.g. Object "VirtualService shop/cart",
// Path "spec.http[0].timeout". An empty Path is the whole object. Refs are
// comparable and serve as map keys.
type Ref struct {
	Object string
	Path   string
	Pos    Pos
}

// defaults begins the file name of a Ref that stands for a mesh's default.
const defaults = "defaults:"

// Default names the built-in default of a mesh that justifies a fact which no
// manifest states, e.g. Default("istio", "retries"). key is the setting's name.
func Default(mesh, key string) Ref {
	return Ref{Object: mesh, Path: key, Pos: Pos{File: defaults + mesh}}
}

// IsDefault reports whether r names a mesh's default and not an input value.
func (r Ref) IsDefault() bool { return strings.HasPrefix(r.Pos.File, defaults) }

// Within reports whether r is at or below outer in the same object.
func (r Ref) Within(outer Ref) bool {
	if r.Object != outer.Object || r.Pos.File != outer.Pos.File {
		return false
	}
	rest, ok := strings.CutPrefix(r.Path, outer.Path)
	return ok && (rest == "" || outer.Path == "" || rest[0] == '.' || rest[0] == '[')
}

// String prints position, object and path for people.
func (r Ref) String() string {
	if r.IsDefault() {
		return "default of " + r.Object + ": " + r.Path
	}
	if r.Path == "" {
		return r.Pos.String() + " " + r.Object
	}
	return r.Pos.String() + " " + r.Object + " " + r.Path
}
