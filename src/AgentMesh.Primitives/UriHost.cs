namespace AgentMesh.Primitives;

/// <summary>The host of a URL as names are looked up.</summary>
public static class UriHost
{
    /// <summary>The host in ASCII, as <see cref="Uri.IdnHost"/> says it.</summary>
    /// <param name="url">An absolute URL.</param>
    /// <returns>Null for a name that has no such form, because it is too long in it or not Unicode: Uri takes such a name, and throws when it is asked for the form.</returns>
    public static string? AsciiForm(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        try
        {
            return url.IdnHost;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }
}
