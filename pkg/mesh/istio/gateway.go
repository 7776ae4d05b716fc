package istio

// gatewayProtocols are the protocols of a server with those of a listener.
var gatewayProtocols = []spelling[string]{
	{"HTTP", "HTTP"}, {"HTTPS", "HTTPS"}, {"HTTP2", "HTTP"}, {"GRPC", "HTTP"}, {"TLS", "TLS"}, {"TCP", "TCP"},
	{"GRPC-WEB", "HTTP"}, {"HTTP_PROXY", "HTTP"}, {"MONGO", "TCP"}, {"REDIS", "TCP"}, {"MYSQL", "TCP"},
}

// gatewayModes are the TLS modes of a server that the model knows.
var gatewayModes = []spelling[string]{{"SIMPLE", "Terminate"}, {"PASSTHROUGH", "Passthrough"}}
