using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using AgentMesh.Contracts.ApiKeys;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Identity;

/// <summary>
/// Who has a key. What a key is checked with is remembered for some seconds, the key itself never: so long a key that is revoked may go on at other gateways.
/// </summary>
internal sealed class ApiKeyCallers(AgentCalls calls, IOptions<AuthOptions> auth, EdgeOptions edge, TimeProvider time)
{
    /// <summary>Keys that are none and that an address may have looked up at once.</summary>
    public const int UnknownAtOnce = 20;

    /// <summary>How long what is known of a key holds, and that there is none.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);

    /// <summary>Keys that are remembered at most. When there are more, all are asked for again.</summary>
    private const int MaxRemembered = 10_000;

    private static readonly Refusal TooManyUnknown = new(EdgeRefusals.AddressRateLimited, "Too many API keys that are none come from this address.");

    /// <summary>Each tenant that a made-up key names is one more actor in memory.</summary>
    private readonly AddressPace _unknown = new(UnknownAtOnce, edge.UnknownKeysPerMinute, time);
    private readonly byte[]? _bootstrap = auth.Value.BootstrapKey is { } key ? SHA256.HashData(Encoding.UTF8.GetBytes(key)) : null;
    private readonly ConcurrentDictionary<(TenantId Tenant, ApiKeyId Id), (ApiKeyCheck? Check, long At)> _known = new();

    private static Caller Operator { get; } = new(TenantId.Default, null, IsUser: false, IsAdmin: true, IsOperator: true);

    /// <summary>The caller with this key.</summary>
    /// <param name="text">What was sent as one.</param>
    /// <param name="address">Whose request it is.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    /// <returns>The caller, null when the key opens nothing; or why it could not be looked up now.</returns>
    public async ValueTask<(Caller? Caller, Refusal? Refusal)> FindAsync(string text, IPAddress? address, CancellationToken cancellationToken)
    {
        if (!ApiKeyText.TryParse(text, out var key))
            return (IsBootstrap(text) ? Operator : null, null);
        if (!_known.TryGetValue((key.Tenant, key.Id), out var known) || time.GetElapsedTime(known.At) >= Remembered)
        {
            // Whoever has a key goes on, also when what is known of it has become old: others may share its address.
            if (known.Check?.Opens(key.Secret, time.GetUtcNow()) != true && !_unknown.Has(address))
                return (null, TooManyUnknown);
            var reply = await calls.GetApiKeyAsync(key.Tenant, new GetApiKey(key.Id.ToString()), cancellationToken);
            if (reply.IsRefused && reply.Refusal.Code != ApiKeyCodes.ApiKeyNotFound)
                return (null, reply.Refusal);
            known = (reply.Value, time.GetTimestamp());
            if (_known.Count >= MaxRemembered)
                _known.Clear();
            _known[(key.Tenant, key.Id)] = known;
            if (known.Check is null)
                _unknown.TryTake(address);
        }

        if (known.Check is not { } check || !check.Opens(key.Secret, time.GetUtcNow()))
            return (null, null);
        UserId? user = check.User is { } name ? UserId.Parse(name) : null;
        return (
            new Caller(key.Tenant, user, check.Scopes.Contains(ApiKeyScopes.User), check.Scopes.Contains(ApiKeyScopes.Admin), IsOperator: false)
            {
                Key = key.Id,
                EndsAt = check.ExpiresAt,
            },
            null);
    }

    /// <summary>A key has been revoked here.</summary>
    public void Forget(TenantId tenant, ApiKeyId id) => _known.TryRemove((tenant, id), out _);

    // Hashes, so that the time says nothing of the length either.
    private bool IsBootstrap(string text) => _bootstrap is { } expected && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(text)), expected);
}

/// <summary>Sets the caller of requests with <c>Authorization: Bearer</c> and a key. What is no key is left to <see cref="AccessControl"/>, which refuses it.</summary>
internal sealed class ApiKeyAuthentication(RequestDelegate next, ApiKeyCallers callers)
{
    private const string Scheme = "Bearer ";

    public Task InvokeAsync(HttpContext context) =>
        context.Request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? FindAsync(context, header[Scheme.Length..].Trim()) : next(context);

    private async Task FindAsync(HttpContext context, string text)
    {
        var (caller, refusal) = await callers.FindAsync(text, context.Connection.RemoteIpAddress, context.RequestAborted);
        if (refusal is not null)
        {
            await Problem.WriteAsync(context, refusal);
            return;
        }

        if (caller is not null)
            context.User = new CallerPrincipal(caller, AuthOptions.ApiKeyMode);
        await next(context);
    }
}
