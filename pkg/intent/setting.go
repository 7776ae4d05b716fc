package intent

import "github.com/transmesh/transmesh/pkg/place"

// Setting names a value of a part that a mesh may lack while it has the rest.
type Setting string

// The settings of Timeout, Retry, Limits and Outlier, by the names of their fields.
const (
	SettingRequest         Setting = "request"
	SettingBackend         Setting = "backend"
	SettingIdle            Setting = "idle"
	SettingResponse        Setting = "response"
	SettingConditions      Setting = "conditions"
	SettingPerTry          Setting = "perTry"
	SettingBackoff         Setting = "backoff"
	SettingElsewhere       Setting = "elsewhere" // OtherHosts, OtherLocalities
	SettingConnections     Setting = "connections"
	SettingConnect         Setting = "connect"
	SettingTCPIdle         Setting = "tcpIdle"
	SettingConnectionLife  Setting = "connectionLife"
	SettingKeepalive       Setting = "keepalive"
	SettingPending         Setting = "pending"
	SettingRequests        Setting = "requests"
	SettingPerConnection   Setting = "perConnection"
	SettingRetries         Setting = "retries"
	SettingHTTPIdle        Setting = "httpIdle"
	SettingProtocol        Setting = "protocol" // UpgradeHTTP2, UseClientProtocol, HTTP2Ping*
	SettingStreams         Setting = "streams"
	SettingConsecutive     Setting = "consecutive"
	SettingOtherErrors     Setting = "otherErrors" // ConsecutiveGateway, ConsecutiveLocal, SplitLocal
	SettingInterval        Setting = "interval"
	SettingBaseEjection    Setting = "baseEjection"
	SettingLongestEjection Setting = "longestEjection"
	SettingJitter          Setting = "jitter"
	SettingShare           Setting = "share" // MaxPercent, MinHealthy
	SettingRate            Setting = "rate"  // SuccessRate, Window, MinRequests, RetryAfter
)

// Places are where single settings of a part are said, closer than the part's
// From. nil is nowhere in particular.
type Places []Place

// Place is where one setting is said.
type Place struct {
	Setting Setting
	Ref     place.Ref
}

// Note adds where a setting is said; the zero reference is of one that is not.
func (p *Places) Note(s Setting, r place.Ref) {
	if r != (place.Ref{}) {
		*p = append(*p, Place{s, r})
	}
}

// Of is where a setting of a part is said: its own places, or those of the part.
func (p Places) Of(s Setting, part Origin) Origin {
	var out Origin
	for _, at := range p {
		if at.Setting == s {
			out = append(out, at.Ref)
		}
	}
	if out == nil {
		return part
	}
	return out
}
