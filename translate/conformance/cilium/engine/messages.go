package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/envoyproxy/protoc-gen-validate/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// Messages lists what the messages of Envoy's and Cilium's have for fields, with the
// types and the rules of these, as the reader of CiliumEnvoyConfigs has it: all that
// Cilium's agents know and that a resource can reach.
func Messages() string {
	w := words{all: map[protoreflect.FullName]string{}}
	protoregistry.GlobalTypes.RangeMessages(func(t protoreflect.MessageType) bool {
		name := string(t.Descriptor().FullName())
		for _, prefix := range []string{"envoy.extensions.", "cilium.", "xds.type.", "udpa.type."} {
			if strings.HasPrefix(name, prefix) && !t.Descriptor().IsMapEntry() {
				w.message(t.Descriptor())
			}
		}
		return true
	})
	for _, name := range []protoreflect.FullName{
		"envoy.config.listener.v3.Listener", "envoy.config.route.v3.RouteConfiguration", "envoy.config.cluster.v3.Cluster",
		"envoy.config.endpoint.v3.ClusterLoadAssignment",
	} {
		if t, err := protoregistry.GlobalTypes.FindMessageByName(name); err == nil {
			w.message(t.Descriptor())
		}
	}
	var names []protoreflect.FullName
	for n := range w.all {
		names = append(names, n)
	}
	slices.Sort(names)
	var b strings.Builder
	for _, n := range names {
		b.WriteString(w.all[n])
	}
	return b.String()
}

type words struct {
	all map[protoreflect.FullName]string
}

func (w words) message(d protoreflect.MessageDescriptor) {
	if _, done := w.all[d.FullName()]; done || strings.HasPrefix(string(d.FullName()), "google.protobuf.") {
		return
	}
	w.all[d.FullName()] = ""
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", d.FullName())
	for i := range d.Oneofs().Len() {
		o := d.Oneofs().Get(i)
		if required, _ := proto.GetExtension(o.Options(), validate.E_Required).(bool); required {
			fmt.Fprintf(&b, " ! %s\n", o.Name())
		}
	}
	for i := range d.Fields().Len() {
		f := d.Fields().Get(i)
		fmt.Fprintf(&b, " %s %s", f.Name(), w.typeOf(f))
		if o := f.ContainingOneof(); o != nil && !o.IsSynthetic() {
			fmt.Fprintf(&b, " one=%s", o.Name())
		}
		if r, _ := proto.GetExtension(f.Options(), validate.E_Rules).(*validate.FieldRules); r != nil {
			b.WriteString(rules("", r.ProtoReflect()))
		}
		b.WriteString("\n")
	}
	w.all[d.FullName()] = b.String()
}

// typeOf is the type of a field: [] in front of lists, {} in front of maps with their
// keys' type, and @ in front of enumerations.
func (w words) typeOf(f protoreflect.FieldDescriptor) string {
	switch {
	case f.IsMap():
		return "{" + f.MapKey().Kind().String() + "}" + w.single(f.MapValue())
	case f.IsList():
		return "[]" + w.single(f)
	}
	return w.single(f)
}

func (w words) single(f protoreflect.FieldDescriptor) string {
	switch {
	case f.Message() != nil:
		w.message(f.Message())
		return string(f.Message().FullName())
	case f.Enum() != nil:
		w.enum(f.Enum())
		return "@" + string(f.Enum().FullName())
	}
	return f.Kind().String()
}

func (w words) enum(d protoreflect.EnumDescriptor) {
	var b strings.Builder
	fmt.Fprintf(&b, "@%s", d.FullName())
	for i := range d.Values().Len() {
		v := d.Values().Get(i)
		fmt.Fprintf(&b, " %s=%d", v.Name(), v.Number())
	}
	w.all["@"+d.FullName()] = b.String() + "\n"
}

// rules prints the rules of protoc-gen-validate, each as its path and value.
func rules(path string, m protoreflect.Message) string {
	var out []string
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		at := path + string(f.Name())
		switch {
		case f.IsList():
			for i := range v.List().Len() {
				out = append(out, " "+at+"="+strconv.Quote(v.List().Get(i).String()))
			}
		case f.Message() != nil && f.Message().FullName() == "google.protobuf.Duration":
			d := v.Message()
			seconds, nanos := d.Descriptor().Fields().ByName("seconds"), d.Descriptor().Fields().ByName("nanos")
			out = append(out, fmt.Sprintf(" %s=%g", at, float64(d.Get(seconds).Int())+float64(d.Get(nanos).Int())/1e9))
		case f.Message() != nil:
			out = append(out, rules(at+".", v.Message()))
		case f.Kind() == protoreflect.StringKind:
			out = append(out, " "+at+"="+strconv.Quote(v.String()))
		case f.Enum() != nil:
			out = append(out, " "+at+"="+string(f.Enum().Values().ByNumber(v.Enum()).Name()))
		default:
			out = append(out, " "+at+"="+v.String())
		}
		return true
	})
	slices.Sort(out)
	return strings.Join(out, "")
}
