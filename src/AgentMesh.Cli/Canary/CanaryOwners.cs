using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.Canary;

/// <summary>Whose agents the canary uses: those that it makes with an operator's key, or in Development with nobody's, or those of a file.</summary>
internal sealed class CanaryOwners(Uri gateway, string? operatorKey) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = LocalHttp.CreateClient(gateway, Timeout);
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
            using var erased = await SendAsync(HttpMethod.Delete, agent.Path, null, agent.Token, cancellationToken);
            if (!erased.IsSuccessStatusCode)
                throw new CliException($"{agent.Name} cannot be erased: {(int)erased.StatusCode}");
        }

        foreach (var (tenant, id) in _keys)
        {
            using var revoked = await SendAsync(HttpMethod.Delete, $"/admin/keys/{id}?tenant={tenant}", null, operatorKey, cancellationToken);
            if (!revoked.IsSuccessStatusCode)
                throw new CliException($"the key {id} of {tenant} cannot be revoked: {(int)revoked.StatusCode}");
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

    public void Dispose() => _http.Dispose();

    private async Task<string> MakeKeyAsync(string tenant, string user, CancellationToken cancellationToken)
    {
        var body = $$$"""{"name":"canary","user":"{{{user}}}","scopes":["user"]}""";
        using var made = await SendAsync(HttpMethod.Post, $"/admin/keys?tenant={tenant}", body, operatorKey, cancellationToken);
        var text = await made.Content.ReadAsStringAsync(cancellationToken);
        if (made.StatusCode != HttpStatusCode.Created)
            throw new CliException($"a key of the tenant {tenant} cannot be made: {(int)made.StatusCode}; is it the operator's key?", ExitCodes.Refused);
        using var json = JsonDocument.Parse(text);
        _keys.Add((tenant, json.RootElement.GetProperty("id").GetString()!));
        return json.RootElement.GetProperty("key").GetString()!;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(gateway, path));
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        try
        {
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (Exception fault) when (LocalHttp.IsUnreached(fault, cancellationToken))
        {
            throw new CliException($"{gateway} was not reached: {fault.Message}");
        }
    }
}
