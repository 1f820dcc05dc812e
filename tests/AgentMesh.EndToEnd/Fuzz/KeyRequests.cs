using CsCheck;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>Requests with tokens: a good one, none, and what is none.</summary>
internal static class KeyRequests
{
    /// <summary>Other requests, with tokens.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="key">A good key.</param>
    public static Gen<HttpCase> Of(Gen<HttpCase> requests, string key)
    {
        var (secret, tenant) = (key.LastIndexOf('_', key.LastIndexOf('_') - 1) + 1, key.LastIndexOf('_') + 1);
        var wrong = Gens.Mix(
            (6, Gen.Select(Gen.Int[0, key.Length - 1], Gens.Of('a', '7', '_', 'A', '0', '\u00e9', ' '), (at, letter) => $"Bearer {key[..at]}{letter}{key[(at + 1)..]}")),
            (2, Gen.Int[0, key.Length - 1].Select(length => $"Bearer {key[..length]}")),
            (1, Gen.Int[1, 5000].Select(length => $"Bearer {key}{new string('a', length)}")),
            (1, Gen.Int[1, 300].Select(length => $"Bearer {key[..secret]}{new string('a', length)}_{key[tenant..]}")),
            (6, Gens.Of(
                $"bearer {key.ToUpperInvariant()}", $"Bearer  {key} ", $"Bearer {key},{key}", $"Bearer {key} {key}", $"Basic {key}", key, $"Token {key}", "Bearer", "Bearer ", "", $"Bearer {key[..tenant]}other", $"Bearer {key[..tenant]}..", $"Bearer {key[..tenant]}a|b",
                $"Bearer {key[..tenant]}", "Bearer amk___", "Bearer amk_a_b_c", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.", "Bearer a.b.c", "Bearer ..", "Bearer \u00e9", "Negotiate a", "Bearer a\0b", $"DPoP {key}")),
            (2, Evil.Segment.Select(text => $"Bearer {text}")));
        return Gens.Mix(
            (4, requests),
            (2, requests.Select(request => request with { Kind = $"{request.Kind}, without a token", IsAnonymous = true })),
            (4, Gen.Select(requests, wrong, (request, token) => request with { Kind = $"{request.Kind}, with another token", Headers = [.. request.Headers, ("Authorization", token)] })),
            (1, Gen.Select(requests, wrong, (request, token) => request with { Kind = $"{request.Kind}, with two tokens", Headers = [.. request.Headers, ("Authorization", $"Bearer {key}"), ("Authorization", token)] })),
            (1, requests.Select(request => request with { Kind = $"{request.Kind}, of a tenant's path", Target = $"/t/default{request.Target}" })));
    }
}
