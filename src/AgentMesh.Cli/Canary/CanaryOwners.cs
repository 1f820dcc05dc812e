using System.Globalization;
using System.Text.Json;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.ApiKeys;
using AgentMesh.Cli.Terminal;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.Canary;

/// <summary>Whose agents the canary uses: those that it makes with an operator's key, or in Development with nobody's, or those of a file.</summary>
internal sealed class CanaryOwners(Uri gateway, string? operatorKey, CliParts parts)
{
    private readonly List<(string Tenant, string KeyId)> _keys = [];

    /// <summary>Two new tenants with users of the same names, because whatever leaves out the tenant then meets the other one's.</summary>
    /// <param name="suffix">Makes them new.</param>
    /// <param name="usersPerTenant">How many users.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<CanaryAgent>> MakeAsync(string suffix, int usersPerTenant, CancellationToken cancellationToken)
    {
        var agents = new List<CanaryAgent>();
        foreach (var tenant in new[] { $"canary-a-{suffix}", $"canary-b-{suffix}" })
        {
            for (var n = 1; n <= usersPerTenant; n++)
            {
                var user = string.Create(CultureInfo.InvariantCulture, $"user{n}");
                agents.Add(new CanaryAgent(tenant, user, operatorKey is null ? null : await MakeKeyAsync(tenant, user, cancellationToken)));
            }
        }

        return agents;
    }

    /// <summary>Erases the agents, and revokes their keys.</summary>
    public async Task EndAsync(IEnumerable<CanaryAgent> agents, CancellationToken cancellationToken)
    {
        foreach (var agent in agents)
        {
            using var owner = new GatewayClient(new GatewayPlace(gateway, agent.Token, agent.Token is null ? TenantId.Parse(agent.Tenant) : null), parts);
            await owner.AskAsync(new GatewayRequest(HttpMethod.Delete, "", UserId.Parse(agent.User)), cancellationToken);
        }

        foreach (var (tenant, id) in _keys)
        {
            using var admin = AdminOf(tenant);
            await admin.AskAsync(new GatewayRequest(HttpMethod.Delete, $"admin/keys/{id}"), cancellationToken);
        }
    }

    /// <summary>Owners that there are: lines of tenant, user and token, with blanks between.</summary>
    public static IReadOnlyList<CanaryAgent> Read(string path)
    {
        var agents = new List<CanaryAgent>();
        foreach (var line in File.ReadLines(path).Where(line => !string.IsNullOrWhiteSpace(line)))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is not [var tenant, var user, var token]
                || !TenantId.TryParse(tenant, out _) || !UserId.TryParse(user, out _))
            {
                throw new CliException($"{path}: each line is a tenant, a user and a token, with blanks between", ExitCodes.Usage);
            }

            agents.Add(new CanaryAgent(tenant, user, token));
        }

        // Mail goes to a neighbor, so none is alone.
        return agents.GroupBy(agent => agent.Tenant).Any(tenant => tenant.Count() < 2) || agents.Select(agent => agent.Tenant).Distinct().Count() < 2
            ? throw new CliException($"{path}: at least two tenants are needed, with two users each", ExitCodes.Usage)
            : agents;
    }

    private async Task<string> MakeKeyAsync(string tenant, string user, CancellationToken cancellationToken)
    {
        using var admin = AdminOf(tenant);
        var order = JsonSerializer.SerializeToUtf8Bytes(new KeyOrder("canary", user, [ApiKeyScopes.User], null), CliJson.Wire.KeyOrder);
        try
        {
            var made = GatewayClient.Read(await admin.AskAsync(new GatewayRequest(HttpMethod.Post, "admin/keys") { Body = order }, cancellationToken), CliJson.Wire.KeyDocument);
            _keys.Add((tenant, made.Id));
            return made.Key!;
        }
        catch (CliException refused) when (refused.ExitCode == ExitCodes.Refused)
        {
            throw new CliException($"a key of the tenant {tenant} cannot be made, is it the operator's key? {refused.Message}", ExitCodes.Refused);
        }
    }

    private GatewayClient AdminOf(string tenant) => new(new GatewayPlace(gateway, operatorKey, TenantId.Parse(tenant)), parts);
}
