package source

// tag is what a value is: a map, a list, or a scalar with its resolved YAML tag.
type tag uint8

const (
	tagNone  tag = iota // of scalars whose tag is not known
	tagOther            // in the notes
	tagStr
	tagInt
	tagFloat
	tagBool
	tagNull
	tagTime
	tagBinary
	tagMap // and what comes behind it holds others
	tagList
)

// tagTexts are the tags of scalars as YAML writes them.
var tagTexts = [...]string{
	tagStr: "!!str", tagInt: "!!int", tagFloat: "!!float", tagBool: "!!bool", tagNull: "!!null", tagTime: "!!timestamp", tagBinary: "!!binary",
}

// setTag makes the value one of a kind, a scalar with the tag that a text names.
func (n *Node) setTag(k Kind, text string) {
	switch k {
	case Map:
		n.tag = tagMap
		return
	case List:
		n.tag = tagList
		return
	}
	for t, known := range tagTexts {
		if known == text {
			n.tag = tag(t)
			return
		}
	}
	n.tag, n.note().tag = tagOther, text
}

// tagText is the tag of a scalar as YAML writes it; "" of others.
func (n *Node) tagText() string {
	switch n.tag {
	case tagOther:
		return n.notes.tag
	case tagMap, tagList:
		return ""
	}
	return tagTexts[n.tag]
}

// kind is what the value is.
func (n *Node) kind() Kind {
	switch n.tag {
	case tagMap:
		return Map
	case tagList:
		return List
	case tagNull:
		return Null
	}
	return Scalar
}
