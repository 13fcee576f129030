using System.Net;
using System.Net.Http.Headers;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Gets manifests and blobs. A blob that was interrupted goes on where it stopped, in this process or in a later one.</summary>
internal sealed class RegistryDownload(RegistryClient client, RegistryOptions options, string directory, string source)
{
    private const int MaximumDocument = 4 << 20;
    private const int MaximumAttempts = 5;

    /// <summary>A manifest or an index by tag or digest.</summary>
    public async Task<byte[]> GetManifestAsync(string reference, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, client.Locate("manifests/" + reference));
                foreach (var type in new[] { OciManifest.IndexType, OciManifest.ManifestType, OciManifest.DockerListType, OciManifest.DockerManifestType })
                    request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
                return request;
            },
            cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw await client.RefusedAsync(response, $"the manifest '{reference}'", cancellationToken).ConfigureAwait(false);
        await response.Content.LoadIntoBufferAsync(MaximumDocument, cancellationToken).ConfigureAwait(false);
        var content = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        if (ContentDigest.TryParse(reference, out _, out _))
            ContentDigest.Verify(new MemoryStream(content), new OciDescriptor { Digest = reference }, "the manifest", source, cancellationToken);
        return content;
    }

    /// <summary>Gets a blob into a file of its own, verified. It stays until the caller deletes it.</summary>
    public async Task<string> GetBlobAsync(OciDescriptor blob, CancellationToken cancellationToken)
    {
        if (!ContentDigest.TryParse(blob.Digest, out _, out var hex))
            ContentDigest.Verify(Stream.Null, blob, "a blob", source, cancellationToken);
        var path = Path.Combine(directory, hex);
        // Who comes second waits, and finds it whole.
        var lockPath = path + ".lock";
        using var only = FileLock.Exclusive(lockPath);
        using var gone = new Deletion(lockPath);
        var wasWhole = File.Exists(path) && new FileInfo(path).Length == blob.Size;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ContinueAsync(blob, path, cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (Exception e) when (e is HttpRequestException or IOException and not FileNotFoundException && attempt < MaximumAttempts && !IsDiskFull(e))
            {
                // The connection broke. What has come is kept; the waits are 0.2, 0.4, 0.8 and 1.6 s.
                await Task.Delay(TimeSpan.FromSeconds(0.1 * (1 << attempt)), cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException e)
            {
                throw client.Unreachable(e);
            }
        }

        using (var content = File.OpenRead(path))
        {
            try
            {
                ContentDigest.Verify(content, blob, $"blob {blob.Digest}", source, cancellationToken);
            }
            catch (ContainerException)
            {
                // Nothing good comes of going on with it.
                File.Delete(path);
                throw;
            }
        }

        if (!wasWhole)
            options.Progress?.Invoke(new TransferProgress(blob.Digest, TransferStep.Done, blob.Size, blob.Size));
        return path;
    }

    private async Task ContinueAsync(OciDescriptor blob, string path, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        if (file.Length > blob.Size)
            file.SetLength(0);
        if (file.Length == blob.Size)
            return;
        using var response = await client.SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, client.Locate("blobs/" + blob.Digest));
                if (file.Length > 0)
                    request.Headers.Range = new RangeHeaderValue(file.Length, null);
                return request;
            },
            cancellationToken).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.RequestedRangeNotSatisfiable)
            file.SetLength(0);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            throw new HttpRequestException("the range is refused");
        if (!response.IsSuccessStatusCode)
            throw await client.RefusedAsync(response, $"blob {blob.Digest}", cancellationToken).ConfigureAwait(false);
        file.Position = file.Length;
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[128 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            if (file.Position + count > blob.Size)
                throw ContentDigest.Mismatch(source, $"blob {blob.Digest}", $"more than the {blob.Size} bytes of its descriptor");
            await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            options.Progress?.Invoke(new TransferProgress(blob.Digest, TransferStep.Downloading, file.Position, blob.Size));
        }

        if (file.Length < blob.Size)
            throw new HttpRequestException("the connection ended in the middle of a blob");
    }

    /// <summary>Takes the lock's file away while the lock is held; who waits for it makes another.</summary>
    private sealed class Deletion(string path) : IDisposable
    {
        public void Dispose() => File.Delete(path);
    }

    private static bool IsDiskFull(Exception e) => e is IOException { HResult: (int)Errno.ENOSPC or (int)Errno.EDQUOT };
}
