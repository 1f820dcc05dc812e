namespace AgentMesh.Cli.Buying;

/// <summary>The body of an answer, as much of it as is shown.</summary>
internal static class AnswerBody
{
    /// <summary>Bytes that are read; what comes after is not.</summary>
    public const int MaxBytes = 4 * 1_048_576;

    /// <summary>Reads it.</summary>
    /// <returns>The bytes, and whether there are more.</returns>
    public static async Task<(byte[] Bytes, bool IsCutOff)> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var buffer = new MemoryStream();
        var piece = new byte[16_384];
        int read;
        while (buffer.Length <= MaxBytes && (read = await stream.ReadAsync(piece, cancellationToken)) > 0)
            buffer.Write(piece, 0, read);
        var isCutOff = buffer.Length > MaxBytes;
        return (buffer.GetBuffer().AsSpan(0, (int)Math.Min(buffer.Length, MaxBytes)).ToArray(), isCutOff);
    }
}
