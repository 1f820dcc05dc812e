using System.Text.Json.Nodes;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Gateway.Edge;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.OpenApi;

/// <summary>
/// What the OpenAPI document says of a route that cannot be seen in it. What all routes have in common, such as whom they are for and what a body may be refused
/// with, whoever writes the document adds.
/// </summary>
internal sealed class Operation
{
    private readonly List<Parameter> _parameters = [];
    private readonly List<Answer> _answers = [];
    private readonly List<string> _codes = [];

    /// <summary>A parameter beside those of the path.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Place">Where: <c>query</c> or <c>header</c>.</param>
    /// <param name="Summary">What it is.</param>
    /// <param name="Schema">What it may be.</param>
    /// <param name="IsRequired">It may not be left out.</param>
    internal sealed record Parameter(string Name, string Place, string Summary, JsonObject Schema, bool IsRequired);

    /// <summary>A way in which a request succeeds.</summary>
    /// <param name="Status">The status.</param>
    /// <param name="MediaType">Of the body; null: there is none.</param>
    /// <param name="Body">The record that is written; null: none.</param>
    /// <param name="Schema">What is written that is no record; null: nothing is said of it.</param>
    internal sealed record Answer(int Status, string? MediaType, Type? Body, JsonObject? Schema);

    public IReadOnlyList<Parameter> Parameters => _parameters;

    public IReadOnlyList<Answer> Succeeds => _answers;

    /// <summary>Codes of refusals of this route's own.</summary>
    public IReadOnlyList<string> Codes => _codes;

    /// <summary>The members of the body; null: there is no body.</summary>
    public BodyMembers? Request { get; private set; }

    /// <summary>The media type of a body that is no JSON object; null: there is none.</summary>
    public string? RequestMediaType { get; private set; }

    /// <summary>The path, where the route has more than the document can say.</summary>
    public string? Path { get; private set; }

    /// <summary>A parameter of the query.</summary>
    public Operation Query(string name, string summary, JsonObject schema, bool isRequired = false) => Add(new Parameter(name, "query", summary, schema, isRequired));

    /// <summary>A header of the request.</summary>
    public Operation Header(string name, string summary, JsonObject schema) => Add(new Parameter(name, "header", summary, schema, IsRequired: false));

    /// <summary>The header by which a request is repeated safely.</summary>
    public Operation TakesIdempotencyKey() =>
        Header(IdempotencyKey.Header, "The same key again gets the same answer, and nothing is done twice.", Schema.Text(1, IdempotencyKey.MaxLength, "^[!-~]+$"));

    /// <summary>The body.</summary>
    /// <typeparam name="T">The record that it is read as.</typeparam>
    /// <param name="describe">Says what its members may be.</param>
    /// <param name="isOptional">It may be left out.</param>
    public Operation Takes<T>(Action<BodyMembers> describe, bool isOptional = false)
    {
        Request = new BodyMembers(typeof(T), isOptional);
        describe(Request);
        return this;
    }

    /// <summary>A body that is no JSON object.</summary>
    public Operation TakesAny(string mediaType)
    {
        RequestMediaType = mediaType;
        return Refuses(EdgeRefusals.BadRequest, EdgeRefusals.UnsupportedMediaType, EdgeRefusals.RequestTimeout);
    }

    /// <summary>An answer with a record.</summary>
    public Operation Answers<T>(int status = StatusCodes.Status200OK) => Add(new Answer(status, "application/json", typeof(T), null));

    /// <summary>An answer of another media type, or of a form that is not a record's.</summary>
    public Operation Answers(int status, string? mediaType = null, JsonObject? schema = null) => Add(new Answer(status, mediaType, null, schema));

    /// <summary>What it may be refused with, beside what all of its kind may.</summary>
    public Operation Refuses(params ReadOnlySpan<string> codes)
    {
        _codes.AddRange(codes);
        return this;
    }

    /// <summary>It spends: what budgets and freezes may refuse it with.</summary>
    public Operation Spends() => Refuses(
        AgentRefusals.BudgetNoLimit, AgentRefusals.BudgetLocked, AgentRefusals.BudgetExceeded, AgentRefusals.TooManyHolds, SpendingRefusals.TenantUnknown,
        SpendingRefusals.TenantFrozen, SpendingRefusals.AgentFrozen, SpendingRefusals.TooManyLeases);

    /// <summary>Names the path for tools that know no catch-all parameters.</summary>
    public Operation At(string path)
    {
        Path = path;
        return this;
    }

    private Operation Add(Parameter parameter)
    {
        _parameters.Add(parameter);
        return this;
    }

    private Operation Add(Answer answer)
    {
        _answers.Add(answer);
        return this;
    }
}
