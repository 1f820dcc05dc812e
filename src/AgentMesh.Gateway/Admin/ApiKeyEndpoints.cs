using System.Security.Cryptography;
using AgentMesh.Contracts.ApiKeys;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Audit;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Identity;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Admin;

/// <summary>
/// <c>POST,GET /admin/keys?tenant=</c>, <c>DELETE /admin/keys/{id}?tenant=</c>: makes, lists and revokes a tenant's API keys. A key is shown once, when it is
/// made, and is stored nowhere.
/// </summary>
internal static class ApiKeyEndpoints
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 100;

    private static readonly Refusal NotFound = new(ApiKeyCodes.ApiKeyNotFound, "The tenant has no such key, or does not keep it any more.");

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/admin/keys", CreateAsync).WithMetadata(new Audited("api_key.create"))
            .Describe("Makes an API key, which is shown once.", operation => operation
                .TakesTenant()
                .Takes<ApiKeyRequest>(ApiKeyRequestValidator.Describe)
                .Answers<ApiKeyResponse>(StatusCodes.Status201Created)
                .Refuses(ApiKeyCodes.InvalidApiKeyRequest, ApiKeyCodes.TooManyApiKeys, ApiKeyCodes.ApiKeyIdTaken));
        endpoints.MapGet("/admin/keys", ListAsync)
            .Describe("Lists the API keys of a tenant, newest first.", operation => AdminPage.Describe(operation, MaxLimit, DefaultLimit)
                .Answers<ApiKeysResponse>());
        endpoints.MapDelete("/admin/keys/{id}", RevokeAsync).WithMetadata(new Audited("api_key.revoke"))
            .Describe("Revokes an API key.", operation => operation.TakesTenant().Answers<ApiKeyResponse>().Refuses(ApiKeyCodes.ApiKeyNotFound));
    }

    private static async Task CreateAsync(HttpContext context)
    {
        var tenant = AdminPath.ReadTenant(context);
        if (tenant.IsRefused)
        {
            await Problem.WriteAsync(context, tenant.Refusal);
            return;
        }

        if (await JsonRequest.ReadDeclaredAsync(context, RequestJson.Requests.ApiKeyRequest) is not { } request)
            return;
        var key = Make(tenant.Value);
        AdminAudit.SetTarget(context, "id", key.Id.ToString());
        var salt = RandomNumberGenerator.GetBytes(ApiKeyHash.SaltBytes);
        var create = new CreateApiKey(
            key.Id.ToString(), salt, ApiKeyHash.Make(salt, key.Secret), request.User, [.. request.Scopes!.Select(scope => scope!)], request.Name!, request.ExpiresAt);
        var made = await AgentCalls.Of(context).CreateApiKeyAsync(tenant.Value, create, context.RequestAborted);
        if (made.IsRefused)
        {
            await Problem.WriteAsync(context, made.Refusal);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status201Created;
        await JsonAnswer.WriteAsync(context, ApiKeyResponse.Of(tenant.Value, made.Value, key.Reveal()), GatewayJson.Answers.ApiKeyResponse);
    }

    private static async Task ListAsync(HttpContext context)
    {
        var page = AdminPage.Read(context, MaxLimit, DefaultLimit);
        if (page.IsRefused)
        {
            await Problem.WriteAsync(context, page.Refusal);
            return;
        }

        var list = await AgentCalls.Of(context).ListApiKeysAsync(page.Value.Tenant, new ListApiKeys(page.Value.Cursor, page.Value.Limit), context.RequestAborted);
        if (list.IsRefused)
            await Problem.WriteAsync(context, list.Refusal);
        else
        {
            await JsonAnswer.WriteAsync(
                context, new ApiKeysResponse([.. list.Value.Keys.Select(key => ApiKeyResponse.Of(page.Value.Tenant, key))], list.Value.Next), GatewayJson.Answers.ApiKeysResponse);
        }
    }

    private static async Task RevokeAsync(HttpContext context)
    {
        var tenant = AdminPath.ReadTenant(context);
        if (tenant.IsRefused || !ApiKeyId.TryParse(context.Request.RouteValues["id"] as string, out var id))
        {
            await Problem.WriteAsync(context, tenant.IsRefused ? tenant.Refusal : NotFound);
            return;
        }

        var revoked = await AgentCalls.Of(context).RevokeApiKeyAsync(tenant.Value, new RevokeApiKey(id.ToString()), context.RequestAborted);
        if (revoked.IsRefused)
        {
            await Problem.WriteAsync(context, revoked.Refusal);
            return;
        }

        context.RequestServices.GetRequiredService<ApiKeyCallers>().Forget(tenant.Value, id);
        context.RequestServices.GetRequiredService<OpenCredentials>().Revoke(tenant.Value, id);
        await JsonAnswer.WriteAsync(context, ApiKeyResponse.Of(tenant.Value, revoked.Value), GatewayJson.Answers.ApiKeyResponse);
    }

    private static ApiKeyText Make(TenantId tenant)
    {
        Span<byte> random = stackalloc byte[ApiKeyText.RandomBytes];
        RandomNumberGenerator.Fill(random);
        var key = ApiKeyText.Make(tenant, random);
        CryptographicOperations.ZeroMemory(random);
        return key;
    }
}

/// <summary>A key to make.</summary>
/// <param name="Name">What people call it: 1-64 printable characters.</param>
/// <param name="User">Whose agent it is for; null: for those of all users of the tenant.</param>
/// <param name="Scopes">What it is for: <c>user</c>, <c>admin</c> (of the tenant) or both.</param>
/// <param name="ExpiresAt">From then on it opens nothing; null: it does not expire.</param>
internal sealed record ApiKeyRequest(string? Name, string? User, IReadOnlyList<string?>? Scopes, DateTimeOffset? ExpiresAt);

/// <summary>A key.</summary>
/// <param name="Id">Which.</param>
/// <param name="Prefix">What the key begins with.</param>
/// <param name="TenantId">Whose.</param>
/// <param name="User">Whose agent it is for; null: for those of all users of the tenant.</param>
/// <param name="Scopes">What it is for.</param>
/// <param name="Name">What people call it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From then on it opens nothing; null: it does not expire.</param>
/// <param name="RevokedAt">When it was revoked; null: it was not.</param>
/// <param name="Key">The key itself, only in the answer to making it.</param>
internal sealed record ApiKeyResponse(
    string Id, string Prefix, string TenantId, string? User, IReadOnlyList<string> Scopes, string Name, DateTime CreatedAt, DateTime? ExpiresAt, DateTime? RevokedAt, string? Key)
{
    public static ApiKeyResponse Of(TenantId tenant, ApiKeyView key, string? text = null) => new(
        key.Id, ApiKeyId.Parse(key.Id).Prefix, tenant.ToString(), key.User, key.Scopes, key.Name, key.CreatedAt.UtcDateTime, key.ExpiresAt?.UtcDateTime, key.RevokedAt?.UtcDateTime, text);
}

/// <summary>A part of a tenant's keys.</summary>
/// <param name="Keys">Newest first.</param>
/// <param name="Cursor">Where to go on; null: the list is over.</param>
internal sealed record ApiKeysResponse(IReadOnlyList<ApiKeyResponse> Keys, string? Cursor);
