package engine

import (
	"encoding/json"
	"errors"
	"fmt"

	// The types of all extensions that Cilium's build of Envoy may have.
	_ "github.com/cilium/cilium/pkg/envoy/resource"
	_ "github.com/cilium/proxy/go/cilium/api"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"
)

// decode reads one resource strictly, and validates it to the leaf.
func decode(resource any) (proto.Message, error) {
	data, err := json.Marshal(resource)
	if err != nil {
		return nil, err
	}
	var packed anypb.Any
	if err := protojson.Unmarshal(data, &packed); err != nil {
		return nil, err
	}
	m, err := packed.UnmarshalNew()
	if err != nil {
		return nil, err
	}
	return m, walk(m, func(m proto.Message) error {
		if v, ok := m.(interface{ ValidateAll() error }); ok {
			if err := v.ValidateAll(); err != nil {
				return fmt.Errorf("%s: %w", m.ProtoReflect().Descriptor().Name(), err)
			}
		}
		return nil
	})
}

// walk visits a message and all that stand in it, unpacked.
func walk(m proto.Message, visit func(proto.Message) error) error {
	if packed, ok := m.(*anypb.Any); ok {
		inner, err := packed.UnmarshalNew()
		if err != nil {
			return err
		}
		return walk(inner, visit)
	}
	errs := []error{visit(m)}
	below := func(v protoreflect.Value) { errs = append(errs, walk(v.Message().Interface(), visit)) }
	m.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.IsMap():
			if f.MapValue().Message() != nil {
				v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool { below(v); return true })
			}
		case f.Message() == nil:
		case f.IsList():
			for i := range v.List().Len() {
				below(v.List().Get(i))
			}
		default:
			below(v)
		}
		return true
	})
	return errors.Join(errs...)
}
