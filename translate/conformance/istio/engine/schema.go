package engine

import (
	"istio.io/istio/pkg/config/crd"
	"istio.io/istio/pkg/test"
)

// Schemas are the definitions of Istio's and the Gateway API's kinds, as an API
// server holds objects to them: types, enumerations, bounds, unknown fields and
// rules in CEL.
type Schemas struct{ validator *crd.Validator }

// NewSchemas compiles the definitions that Istio's module ships.
func NewSchemas(f test.Failer) Schemas {
	v := crd.NewIstioValidator(f)
	v.SkipMissing = true
	return Schemas{v}
}

// Validate is what an API server says of the documents; kinds that are not
// defined there are left out.
func (s Schemas) Validate(manifests []byte) error {
	return s.validator.ValidateCustomResourceYAML(string(manifests), nil)
}
