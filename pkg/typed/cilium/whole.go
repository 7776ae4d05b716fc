package cilium

import (
	"encoding/json"
	"reflect"
	"strings"
)

// whole is a value as JSON has it, but with the lists and maps that are empty and
// not nil.
func whole(v any) any { return wholeValue(reflect.ValueOf(v)) }

var marshaler = reflect.TypeFor[json.Marshaler]()

func wholeValue(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		if v.Type().Implements(marshaler) {
			return v.Interface()
		}
		return wholeValue(v.Elem())
	case reflect.Struct:
		if v.Type().Implements(marshaler) || v.CanAddr() && v.Addr().Type().Implements(marshaler) {
			return addressed(v)
		}
		out := map[string]any{}
		wholeFields(v, out)
		return out
	case reflect.Slice:
		if v.IsNil() {
			return nil
		}
		fallthrough
	case reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return v.Interface()
		}
		out := make([]any, v.Len())
		for i := range out {
			out[i] = wholeValue(v.Index(i))
		}
		return out
	case reflect.Map:
		if v.IsNil() {
			return nil
		}
		out := map[string]any{}
		for _, k := range v.MapKeys() {
			out[k.String()] = wholeValue(v.MapIndex(k))
		}
		return out
	}
	return v.Interface()
}

// addressed is a value whose pointer knows how it is written.
func addressed(v reflect.Value) any {
	if v.CanAddr() {
		return v.Addr().Interface()
	}
	return v.Interface()
}

// wholeFields adds the fields of a struct under their names in JSON. Those that
// may be left out are where they are zero; an empty list is not zero.
func wholeFields(v reflect.Value, out map[string]any) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported() && !f.Anonymous:
		case f.Anonymous && name == "":
			if inner := reflect.Indirect(v.Field(i)); inner.IsValid() && inner.Kind() == reflect.Struct {
				wholeFields(inner, out)
			}
		case strings.Contains(options, "omit") && v.Field(i).IsZero():
		default:
			if name == "" {
				name = f.Name
			}
			out[name] = wholeValue(v.Field(i))
		}
	}
}
