package gatewayapi

import (
	"reflect"

	"github.com/transmesh/transmesh/pkg/intent"
)

// alike reports whether two rules do the same with a request that both match:
// all but their conditions, names, comments, homes and origins.
func alike(a, b intent.Rule) bool {
	return sameValue(reflect.ValueOf(a.Steps), reflect.ValueOf(b.Steps)) &&
		sameValue(reflect.ValueOf(&a.Then).Elem(), reflect.ValueOf(&b.Then).Elem()) &&
		sameValue(reflect.ValueOf(a.Timeout), reflect.ValueOf(b.Timeout)) &&
		sameValue(reflect.ValueOf(a.Retry), reflect.ValueOf(b.Retry))
}

var originType = reflect.TypeFor[intent.Origin]()

// sameValue is reflect.DeepEqual without origins; an empty list is a nil one.
func sameValue(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Pointer, reflect.Interface:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return a.Elem().Type() == b.Elem().Type() && sameValue(a.Elem(), b.Elem())
	case reflect.Slice:
		if a.Type() == originType {
			return true
		}
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !sameValue(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		for i := range a.NumField() {
			if name := a.Type().Field(i).Name; name != "Ref" && !sameValue(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	}
	return a.Equal(b)
}
