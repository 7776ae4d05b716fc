package translate

// reason is why a change of a document changes nothing. The set is closed, and
// each is checked.
type reason string

const (
	unread      reason = "the account says that the value means nothing"
	sameCase    reason = "only the case of a name differs"
	spelling    reason = "another spelling of the same name"
	noReference reason = "a name, or what bears it, that nobody refers to"
	isSet       reason = "the order of a set"
	onlyLeg     reason = "the weight of a single leg"
	disjoint    reason = "swapped rules of which no request meets both, or which answer alike"
	commuting   reason = "swapped steps that do not touch the same"
	subsetOrder reason = "the order of policies of different subsets, or hosts"
	asksNothing reason = "a rule that asks for nothing but what happens without it"
	sameAge     reason = "a date on which nothing turns: what is read is the same, or rules of which no request meets both change places"
	keptOut     reason = "whom nobody lets in: with a rule that lets all in, the change is seen"
	notAccepted reason = "of tokens that are not accepted: where all are, the change is seen"
	saysDefault reason = "what is removed holds without it too, and another value in its place is seen"
	ofNoHost    reason = "the host of a listener for plain TCP, of which connections name none: whose routes it takes is the same"
	redundant   reason = "what it is part of holds without it too, before and after, and another change of that is seen"
	shadowed    reason = "shadowed: without what shadows it, the change is seen"
	nowhere     reason = "of what leads nowhere, since it is not there: were it, the change is seen"
	byDefault   reason = "what the default does: with the other one, the change is seen"
	held        reason = "kept as it is for its own mesh: facts hold all that it says, and no fact changes"
	setAside    reason = "the API server refuses the object, so that all of it is set aside, and the verdict is unsure with it or without"
	equivalent  reason = "conditions that hold for the same requests"
	unproven    reason = ""
)
