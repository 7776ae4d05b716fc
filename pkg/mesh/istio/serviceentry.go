package istio

import "github.com/transmesh/transmesh/pkg/intent"

// resolutions are the spellings of a ServiceEntry's resolution; none is NONE.
var resolutions = []spelling[intent.Resolution]{
	{"NONE", intent.ResolveNone}, {"STATIC", intent.ResolveStatic}, {"DNS", intent.ResolveDNS},
	{"DNS_ROUND_ROBIN", intent.ResolveDNSOne}, {"DYNAMIC_DNS", intent.ResolveDynamic},
}

// locations are those of a ServiceEntry's location; none is MESH_EXTERNAL.
var locations = []spelling[bool]{{"MESH_EXTERNAL", false}, {"MESH_INTERNAL", true}}

// serviceProtocols are what the port of a service may speak, in any case; "" is to
// be found out. pkg/config/protocol/instance.go Parse
var serviceProtocols = []spelling[string]{
	{"HTTP", "HTTP"}, {"HTTPS", "HTTPS"}, {"HTTP2", "HTTP2"}, {"GRPC", "GRPC"}, {"GRPC-WEB", "GRPC-WEB"}, {"HTTP_PROXY", "HTTP_PROXY"},
	{"TLS", "TLS"}, {"TCP", "TCP"}, {"UDP", "UDP"}, {"MONGO", "MONGO"}, {"REDIS", "REDIS"}, {"MYSQL", "MYSQL"}, {"", ""},
}
