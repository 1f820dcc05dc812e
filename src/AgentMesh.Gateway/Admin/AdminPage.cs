using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Admin;

/// <summary>Which part of a tenant's list a request for admins asks for: <c>?tenant=&amp;limit=&amp;cursor=</c>.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Limit">At most so many.</param>
/// <param name="Cursor">Where to go on; null: from the beginning.</param>
internal sealed record AdminPage(TenantId Tenant, int Limit, string? Cursor)
{
    private const string LimitName = "limit";
    private const string CursorName = "cursor";

    private static readonly Refusal InvalidCursor = new(AgentRefusals.InvalidCursor, "The parameter cursor is one text.");

    /// <summary>For the OpenAPI document: the parameters.</summary>
    public static Operation Describe(Operation operation, int most, int otherwise) => operation
        .TakesTenant()
        .Query(LimitName, "At most so many.", Schema.Number(1, most, otherwise))
        .Query(CursorName, "The cursor of the page before.", Schema.Text())
        .Refuses(AgentRefusals.InvalidLimit, AgentRefusals.InvalidCursor);

    /// <summary>Reads the parameters.</summary>
    /// <param name="context">The request.</param>
    /// <param name="most">The greatest limit.</param>
    /// <param name="otherwise">The limit of a request without one.</param>
    public static Result<AdminPage> Read(HttpContext context, int most, int otherwise)
    {
        var tenant = AdminPath.ReadTenant(context);
        if (tenant.IsRefused)
            return tenant.Refusal;
        var query = context.Request.Query;
        var cursor = query[CursorName];
        if (cursor.Count > 1)
            return InvalidCursor;
        return QueryNumber.TryRead(query, LimitName, 1, most, out var limit)
            ? new AdminPage(tenant.Value, (int)(limit ?? otherwise), cursor.Count == 0 ? null : cursor[0])
            : new Refusal(AgentRefusals.InvalidLimit, $"limit must be one number, 1-{most}.");
    }
}
