// Package engine runs Cilium's own code as a referee: its policy repository gives
// the verdict of a request, its sanitizer and the schemas of its CRDs judge
// policies, and the agent's parser and Envoy's own rules judge what stands inside a
// CiliumEnvoyConfig.
//
// The evaluation of HTTP rules is the package's own, over the header matchers
// that Cilium computes for Envoy. Paths are not normalised, and services, groups
// and names are not resolved: the repository takes no part in that.
package engine
