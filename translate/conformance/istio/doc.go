// Package conformance judges transmesh by Istio's own code. Istio's
// authorization builder turns policies into the configuration of Envoy's RBAC
// filters, package rbac decides by that configuration, and the tests hold the
// model that transmesh lifts, and what it writes, to these verdicts. Istio's
// validation and its custom resource definitions judge every object written.
//
// It is a module of its own so that no importer of transmesh pays for Istio.
package conformance
