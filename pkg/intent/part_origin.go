package intent

// Where each part is said.

func (r *Routing) Origin() Origin            { return r.From }
func (r *Rule) Origin() Origin               { return r.From }
func (b *Backend) Origin() Origin            { return b.From }
func (t *Timeout) Origin() Origin            { return t.From }
func (r *Retry) Origin() Origin              { return r.From }
func (b *RetryBudget) Origin() Origin        { return b.From }
func (r Redirect) Origin() Origin            { return r.From }
func (r Respond) Origin() Origin             { return r.From }
func (h Headers) Origin() Origin             { return h.From }
func (r Rewrite) Origin() Origin             { return r.From }
func (m Mirror) Origin() Origin              { return m.From }
func (d Delay) Origin() Origin               { return d.From }
func (a Abort) Origin() Origin               { return a.From }
func (c CORS) Origin() Origin                { return c.From }
func (t *Transport) Origin() Origin          { return t.From }
func (o *Originate) Origin() Origin          { return o.From }
func (u *Upstream) Origin() Origin           { return u.From }
func (b *Balance) Origin() Origin            { return b.From }
func (h *Hash) Origin() Origin               { return h.From }
func (l *Locality) Origin() Origin           { return l.From }
func (l *Limits) Origin() Origin             { return l.From }
func (o *Outlier) Origin() Origin            { return o.From }
func (a *Access) Origin() Origin             { return a.From }
func (d *Default) Origin() Origin            { return d.From }
func (t *Tokens) Origin() Origin             { return t.From }
func (t *TokenRule) Origin() Origin          { return t.From }
func (r *RateLimit) Origin() Origin          { return r.From }
func (e *Entry) Origin() Origin              { return e.From }
func (l *Listener) Origin() Origin           { return l.From }
func (l *ListenerTLS) Origin() Origin        { return l.From }
func (c *ClientCertificates) Origin() Origin { return c.From }
func (e *External) Origin() Origin           { return e.From }
func (p *ExternalPort) Origin() Origin       { return p.From }
func (e *Endpoint) Origin() Origin           { return e.From }
func (e *Egress) Origin() Origin             { return e.From }
func (m *Machine) Origin() Origin            { return m.From }
func (o *Opaque) Origin() Origin             { return o.From }
func (h *Home) Origin() Origin               { return h.From }
func (p *Pair) Origin() Origin               { return p.From }
