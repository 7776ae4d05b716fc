// Package typed turns the official Go API types of meshes into what transmesh
// reads, and what it writes into these types. Its subpackages know the types of
// one mesh each, so that importing one pays for one.
package typed

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/source"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// From turns objects of a scheme into source objects. Positions are in a file
// "typed", in the order of the objects. A type that the scheme does not know is
// an error.
func From(s *runtime.Scheme, objs ...runtime.Object) ([]*source.Object, error) {
	return FromEncoded(s, func(o runtime.Object) ([]byte, error) { return json.Marshal(o) }, objs...)
}

// FromEncoded is From for types whose own JSON does not tell all.
func FromEncoded(s *runtime.Scheme, encoded func(runtime.Object) ([]byte, error), objs ...runtime.Object) ([]*source.Object, error) {
	var text bytes.Buffer
	for _, o := range objs {
		kind, err := kindOf(s, o)
		if err != nil {
			return nil, err
		}
		data, err := encode(o, kind, encoded)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", kind.Kind, err)
		}
		fmt.Fprintf(&text, "---\n%s\n", data)
	}
	out, problems := source.Parse("typed", text.Bytes(), source.Options{})
	if len(problems) > 0 {
		return nil, fmt.Errorf("%s: %s", problems[0].Ref.Pos, problems[0].Message)
	}
	return out, nil
}

func kindOf(s *runtime.Scheme, o runtime.Object) (schema.GroupVersionKind, error) {
	if kind := o.GetObjectKind().GroupVersionKind(); kind.Kind != "" {
		return kind, nil
	}
	kinds, _, err := s.ObjectKinds(o)
	if err != nil {
		return schema.GroupVersionKind{}, fmt.Errorf("the type %T is not known: %w", o, err)
	}
	return kinds[0], nil
}

// encode writes an object as JSON, with its kind, and without what only the API
// server sets.
func encode(o runtime.Object, kind schema.GroupVersionKind, encoded func(runtime.Object) ([]byte, error)) ([]byte, error) {
	data, err := encoded(o)
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, err
	}
	fields["apiVersion"], fields["kind"] = kind.GroupVersion().String(), kind.Kind
	delete(fields, "status")
	if meta, ok := fields["metadata"].(map[string]any); ok && meta["creationTimestamp"] == nil {
		delete(meta, "creationTimestamp")
	}
	return json.Marshal(fields)
}

// To turns manifests into objects of a scheme. Kinds that the scheme does not
// know become *unstructured.Unstructured. A manifest that the type cannot hold
// in full is an error.
func To(s *runtime.Scheme, manifests []*manifest.Object) ([]runtime.Object, error) {
	out := make([]runtime.Object, 0, len(manifests))
	for _, m := range manifests {
		o, err := decode(s, m)
		if err != nil {
			return nil, fmt.Errorf("%s %s/%s: %w", m.Kind, m.Namespace, m.Name, err)
		}
		out = append(out, o)
	}
	return out, nil
}

func decode(s *runtime.Scheme, m *manifest.Object) (runtime.Object, error) {
	data, err := m.Root.MarshalJSON()
	if err != nil {
		return nil, err
	}
	kind := schema.FromAPIVersionAndKind(m.APIVersion, m.Kind)
	if !s.Recognizes(kind) {
		u := &unstructured.Unstructured{}
		return u, u.UnmarshalJSON(data)
	}
	o, err := s.New(kind)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return o, dec.Decode(o)
}
