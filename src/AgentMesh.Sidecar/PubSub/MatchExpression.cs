using System.Text.Json;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>
/// The part of CEL that routing rules and circuit breakers use: comparisons, <c>&amp;&amp; || !</c>, member access, <c>has()</c>, literals.
/// What it cannot read is refused when it is parsed, never guessed.
/// </summary>
internal sealed class MatchExpression
{
    /// <summary>An evaluation error of CEL: a missing member, operands that cannot be compared.</summary>
    private static readonly object Failed = new();

    private readonly Node _root;

    private MatchExpression(string text, Node root) => (Text, _root) = (text, root);

    internal delegate object? Node(Func<string, object?> variables);

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">CEL.</param>
    /// <param name="variables">The names that are known.</param>
    /// <exception cref="FormatException">It is not of the part that is served; the message says where.</exception>
    public static MatchExpression Parse(string text, params IReadOnlyCollection<string> variables) => new(text, MatchParser.Parse(text, variables));

    /// <summary>Null: it does not evaluate to a boolean, because a member is missing for example.</summary>
    /// <param name="variables">A variable's value: a number (double), a text, a boolean or a <see cref="JsonElement"/>.</param>
    public bool? Evaluate(Func<string, object?> variables) => _root(variables) is bool result ? result : null;

    /// <summary>Against a published event.</summary>
    public bool? Matches(JsonElement envelope) => Evaluate(_ => envelope);

    internal static Node Literal(object? value) => _ => value;

    internal static Node Variable(string name) => variables => Simple(variables(name));

    internal static Node Member(Node owner, string name) => variables =>
        owner(variables) is JsonElement { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var value) ? Simple(value) : Failed;

    internal static Node Has(Node owner, string name) => variables =>
        owner(variables) is JsonElement { ValueKind: JsonValueKind.Object } element ? element.TryGetProperty(name, out _) : Failed;

    internal static Node Not(Node operand) => variables => operand(variables) is bool value ? !value : Failed;

    // CEL: either side may decide alone, even when the other one fails.
    internal static Node And(Node left, Node right) => variables =>
        left(variables) is var first && first is false ? false
        : right(variables) is var second && second is false ? false
        : first is true && second is true ? true : Failed;

    internal static Node Or(Node left, Node right) => variables =>
        left(variables) is var first && first is true ? true
        : right(variables) is var second && second is true ? true
        : first is false && second is false ? false : Failed;

    internal static Node Compare(string verb, Node left, Node right) => variables =>
    {
        var (first, second) = (left(variables), right(variables));
        if (first == Failed || second == Failed)
            return Failed;
        if (verb is "==" or "!=")
            return AreEqual(first, second) == (verb == "==");
        var order = (first, second) switch
        {
            (double a, double b) => a.CompareTo(b),
            (string a, string b) => string.CompareOrdinal(a, b),
            (bool a, bool b) => a.CompareTo(b),
            _ => (int?)null,
        };
        if (order is not { } sign)
            return Failed;
        return verb switch
        {
            "<" => sign < 0,
            "<=" => sign <= 0,
            ">" => sign > 0,
            _ => sign >= 0,
        };
    };

    private static bool AreEqual(object? first, object? second) =>
        first is JsonElement a && second is JsonElement b ? JsonElement.DeepEquals(a, b) : Equals(first, second);

    private static object? Simple(object? value) => value is not JsonElement element ? value : element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.GetDouble(), // Go's json gives CEL doubles too
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        _ => element,
    };
}
