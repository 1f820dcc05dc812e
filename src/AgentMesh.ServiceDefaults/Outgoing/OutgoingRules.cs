using System.Net;
using AgentMesh.Primitives;

namespace AgentMesh.ServiceDefaults.Outgoing;

/// <summary>
/// What may be called of the addresses that users, models and sellers name: by the URL alone before anything is stored or asked, and by the addresses of its
/// host when it is connected to.
/// </summary>
public sealed class OutgoingRules(OutgoingAllowList allowed)
{
    /// <summary>Reads a URL, as <see cref="OutgoingUrl.Parse"/> and <see cref="Check"/> have it.</summary>
    /// <param name="text">The URL, a stranger's or a model's.</param>
    public Result<Uri> Read(string? text)
    {
        var url = OutgoingUrl.Parse(text);
        return url.IsRefused ? url : Check(url.Value);
    }

    /// <summary>Refuses with <see cref="OutgoingRefusals.UrlNotAllowed"/> what no name has to be looked up for.</summary>
    /// <param name="url">Of <see cref="OutgoingUrl"/>.</param>
    public Result<Uri> Check(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (!allowed.AllowsPath(url))
            return OutgoingRefusals.NotAllowed("Of the mesh's own gateway only what is sold is called: /agent/{userId}/premium/{name}.");
        return IPAddress.TryParse(url.IdnHost, out var address) && !Allows(url.IdnHost, address, url.Port) ? OutgoingRefusals.NotPublic : url;
    }

    /// <summary>Whether an address may be connected to that a host has.</summary>
    /// <param name="host">As it was asked for.</param>
    /// <param name="address">What it was resolved to.</param>
    /// <param name="port">The port.</param>
    public bool Allows(string host, IPAddress address, int port) => AddressRules.IsPublic(address) || allowed.Allows(host, address, port);
}
