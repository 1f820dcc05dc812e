using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.ApiKeys;

/// <summary><c>keys create</c>, <c>keys list</c>, <c>keys revoke</c>: a tenant's API keys, over <c>/admin/keys</c>. The first one is made with the operator's bootstrap key.</summary>
internal static class KeysCommand
{
    /// <summary>Parts of a list: more keys than a tenant may have.</summary>
    private const int MaxParts = 100;

    public static Command Create(CliParts parts) => new("keys", "A tenant's API keys: make, list and revoke them.")
    {
        CreateCreate(parts), CreateList(parts), CreateRevoke(parts),
    };

    private static Command CreateCreate(CliParts parts)
    {
        var command = new Command("create", "Make an API key. It is printed once, and stored nowhere.");
        var name = new Argument<string>("name") { Description = "What people call it: 1-64 printable characters." };
        var user = new Option<string?>("--user") { Description = "Whose agent it is for. Default: those of all users of the tenant.", HelpName = "USER" };
        var scopes = new Option<string[]>("--scope")
        {
            Description = "What it is for; may be there twice. Default: user.",
            HelpName = string.Join('|', ApiKeyScopes.All),
            DefaultValueFactory = _ => [ApiKeyScopes.User],
        };
        scopes.AcceptOnlyFromAmong([.. ApiKeyScopes.All]);
        var expires = new Option<DateTimeOffset?>("--expires")
        {
            Description = "From then on it opens nothing. Default: it does not expire.",
            HelpName = "TIME",
            CustomParser = result =>
            {
                var text = result.Tokens.Single().Value;
                if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
                    return time;
                result.AddError($"--expires: '{text}' is not a time like 2027-12-31T00:00:00Z");
                return null;
            },
        };
        command.Add(name);
        command.Add(user);
        command.Add(scopes);
        command.Add(expires);
        var (admin, json) = AddCommon(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var order = new KeyOrder(parsed.GetRequiredValue(name), parsed.GetValue(user), [.. parsed.GetRequiredValue(scopes).Distinct()], parsed.GetValue(expires));
            using var client = new GatewayClient(admin.Read(parsed, parts), parts);
            var made = GatewayClient.Read(await client.AskAsync(new GatewayRequest(HttpMethod.Post, "admin/keys") { Body = JsonSerializer.SerializeToUtf8Bytes(order, CliJson.Wire.KeyOrder) }, cancellationToken), CliJson.Wire.KeyDocument);
            if (made.Key is not { } key)
                throw new CliException("the gateway has made a key and does not say which; revoke it: keys list");
            await parts.Output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(made, CliJson.Wire.KeyDocument) : PlainText.Of(key));
            if (!parsed.GetValue(json))
                await parts.Error.WriteLineAsync($"made {Describe(made)}\nThe key is shown this once; keep it as you keep passwords.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateList(CliParts parts)
    {
        var command = new Command("list", "List the API keys, newest first: never the keys themselves.");
        var (admin, json) = AddCommon(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new GatewayClient(admin.Read(parsed, parts), parts);
            var keys = await ListAsync(client, cancellationToken);
            if (parsed.GetValue(json))
                await parts.Output.WriteLineAsync(JsonSerializer.Serialize(new KeyListDocument(keys), CliJson.Wire.KeyListDocument));
            foreach (var key in parsed.GetValue(json) ? [] : keys)
                await parts.Output.WriteLineAsync(Describe(key));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateRevoke(CliParts parts)
    {
        var command = new Command("revoke", "Revoke an API key, for good. Gateways that know it forget it within 10 s.");
        var id = new Argument<ApiKeyId>("id")
        {
            Description = "Which: its id or its prefix, amk_ and the id.",
            CustomParser = result =>
            {
                var text = result.Tokens.Single().Value;
                if (ApiKeyId.TryParse(text.StartsWith(ApiKeyText.Start, StringComparison.Ordinal) ? text[ApiKeyText.Start.Length..] : text, out var key))
                    return key;
                // It may be the whole key, so it is not repeated.
                result.AddError($"id: not an id of {ApiKeyId.Length} characters, with or without {ApiKeyText.Start} before it");
                return default;
            },
        };
        command.Add(id);
        var (admin, json) = AddCommon(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new GatewayClient(admin.Read(parsed, parts), parts);
            var revoked = GatewayClient.Read(await client.AskAsync(new GatewayRequest(HttpMethod.Delete, $"admin/keys/{parsed.GetValue(id)}"), cancellationToken), CliJson.Wire.KeyDocument);
            await parts.Output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(revoked, CliJson.Wire.KeyDocument) : Describe(revoked));
            return ExitCodes.Done;
        });
        return command;
    }

    private static (GatewayOptions Admin, Option<bool> Json) AddCommon(Command command)
    {
        var json = CliOptions.Json();
        command.Add(json);
        return (new GatewayOptions(command, "the admin's"), json);
    }

    private static async Task<List<KeyDocument>> ListAsync(GatewayClient client, CancellationToken cancellationToken)
    {
        var keys = new List<KeyDocument>();
        string? cursor = null;
        for (var n = 0; n < MaxParts; n++)
        {
            var part = GatewayClient.Read(await client.AskAsync(new GatewayRequest(HttpMethod.Get, "admin/keys") { Query = [("limit", "100"), ("cursor", cursor)] }, cancellationToken), CliJson.Wire.KeyPart);
            keys.AddRange(part.Keys);
            if ((cursor = part.Cursor) is null)
                return keys;
        }

        throw new CliException("the gateway's list of keys has no end");
    }

    private static string Describe(KeyDocument key) => PlainText.Of(string.Create(
        CultureInfo.InvariantCulture,
        $"{key.Prefix}  {key.TenantId}/{key.User ?? "*"}  {string.Join(',', key.Scopes)}  {State(key)}  {key.Name}"));

    private static string State(KeyDocument key) =>
        key.RevokedAt is { } revoked ? string.Create(CultureInfo.InvariantCulture, $"revoked {revoked:u}")
        : key.ExpiresAt is { } end ? string.Create(CultureInfo.InvariantCulture, $"until {end:u}")
        : "no end";
}
