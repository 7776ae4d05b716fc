module github.com/transmesh/transmesh/translate/conformance/envoy

go 1.26.7

replace github.com/transmesh/transmesh => ../../..

require (
	github.com/transmesh/transmesh v0.0.0-00010101000000-000000000000
	go.yaml.in/yaml/v3 v3.0.6
	golang.org/x/tools v0.52.0
)

require (
	github.com/agext/levenshtein v1.2.3 // indirect
	github.com/hashicorp/go-bexpr v0.1.2 // indirect
	github.com/hashicorp/hcl v1.0.0 // indirect
)
